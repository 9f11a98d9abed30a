using Grpc.Core;
using Switch.Contracts.V1;
using Switch.Settlement.Books;
using Switch.Settlement.Tests.Store;

namespace Switch.Settlement.Tests.Records;

/// <summary>What a cardholder reads out is what the receipt printed, not what the terminal had asked for.</summary>
public sealed class CardSearchTests
{
    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task FindPayments_PartialApproval_IsFoundByEitherAmount(string kind)
    {
        using var store = TestStore.Create(kind);
        store.Record(1, PaymentStage.Posted, RecordedPayments.Authorized(1, e =>
        {
            e.Outcome = Outcome.PartiallyApproved;
            e.ApprovedAmount = new Money { AmountMinor = 700, Currency = "EUR" };
        }));
        store.Record(2, PaymentStage.Posted, RecordedPayments.Authorized(2));
        await using var host = await QueryHost.StartAsync(store.Database);

        Assert.Equal([1], await FindAsync(host, "2026-06-01", 700));
        Assert.Equal([2, 1], await FindAsync(host, "2026-06-01", 1290));
        Assert.Equal([], await FindAsync(host, "2026-06-01", 701));
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task FindPayments_DateOnTheReceipt_MayBeADayBesideTheBusinessDate(string kind)
    {
        using var store = TestStore.Create(kind);
        for (var i = 1; i <= 5; i++)
        {
            var date = $"2026-06-0{i}";
            store.Record(i, PaymentStage.Posted, RecordedPayments.Authorized(i, e => e.BusinessDate = date));
        }

        await using var host = await QueryHost.StartAsync(store.Database);

        Assert.Equal([4, 3, 2], await FindAsync(host, "2026-06-03", 1290));
        Assert.Equal([5], await FindAsync(host, "2026-06-06", 1290));
        Assert.Equal([], await FindAsync(host, "2026-06-07", 1290));
        Assert.Equal([], await FindAsync(host, "0001-01-01", 1290));
        Assert.Equal([], await FindAsync(host, "9999-12-31", 1290));
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task FindPayments_PagesOverSeveralDates_ShowEachOnceNewestFirst(string kind)
    {
        using var store = TestStore.Create(kind);
        for (var i = 1; i <= 9; i++)
        {
            var date = $"2026-06-0{(i % 3) + 1}";
            store.Record(i, PaymentStage.Posted, RecordedPayments.Authorized(i, e => e.BusinessDate = date));
        }

        await using var host = await QueryHost.StartAsync(store.Database);
        var request = Request("2026-06-02", 1290);
        request.PageSize = 2;

        List<int> seen = [];
        do
        {
            var page = await host.Records.FindPaymentsAsync(
                request, cancellationToken: TestContext.Current.CancellationToken);
            seen.AddRange(page.Payments.Select(payment => payment.Stan));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);

        Assert.Equal([9, 8, 7, 6, 5, 4, 3, 2, 1], seen);
    }

    [Theory]
    [MemberData(nameof(TestStore.Kinds), MemberType = typeof(TestStore))]
    public async Task FindPayments_TokenFromBeforeARebuild_IsRefusedAndSaysSo(string kind)
    {
        using var store = TestStore.Create(kind);
        for (var i = 1; i <= 3; i++) store.Record(i, PaymentStage.Posted, RecordedPayments.Authorized(i));
        await using var host = await QueryHost.StartAsync(store.Database);
        var request = Request("2026-06-01", 1290);
        request.PageSize = 1;
        var cancel = TestContext.Current.CancellationToken;
        request.PageToken = (await host.Records.FindPaymentsAsync(request, cancellationToken: cancel)).NextPageToken;
        Assert.Equal(
            2, (await host.Records.FindPaymentsAsync(request, cancellationToken: cancel)).Payments.Single().Stan);

        // As a rebuild does, which gives payments other row numbers.
        store.Execute("INSERT INTO id_block (name, next_id) VALUES ('generation', 1)");

        var refused = await Assert.ThrowsAsync<RpcException>(
            async () => await host.Records.FindPaymentsAsync(request, cancellationToken: cancel));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
        Assert.Contains("page_token: the books were made again", refused.Status.Detail, StringComparison.Ordinal);
        request.PageToken = "";
        request.PageToken = (await host.Records.FindPaymentsAsync(request, cancellationToken: cancel)).NextPageToken;
        Assert.Equal(
            2, (await host.Records.FindPaymentsAsync(request, cancellationToken: cancel)).Payments.Single().Stan);
    }

    private static async Task<IEnumerable<int>> FindAsync(QueryHost host, string date, long minor)
    {
        var found = await host.Records.FindPaymentsAsync(
            Request(date, minor), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("", found.NextPageToken);
        return found.Payments.Select(payment => payment.Stan);
    }

    private static FindPaymentsRequest Request(string date, long minor) => new()
    {
        Card = new()
        {
            LastFour = "1111",
            BusinessDate = date,
            Amount = new Money { AmountMinor = minor, Currency = "EUR" },
        },
    };
}
