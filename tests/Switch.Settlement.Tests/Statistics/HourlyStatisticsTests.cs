using Google.Protobuf.WellKnownTypes;
using Switch.Contracts.V1;
using Switch.Settlement.Statistics;
using Switch.Settlement.Tests.Records;

namespace Switch.Settlement.Tests.Statistics;

public sealed class HourlyStatisticsTests
{
    [Fact]
    public void Add_AnswersOfOneHour_AreOneRow()
    {
        var statistics = new HourlyStatistics();
        for (var i = 1; i <= 5; i++) statistics.Add(RecordedPayments.Authorized(i));

        var (key, sums) = Assert.Single(OfMerchants(statistics));
        Assert.Equal(new StatisticSums(5, 6450, 6450), sums);
        Assert.Equal(RecordedPayments.Accepted.ToUnixTimeMilliseconds(), key.HourMs);
        Assert.Equal(("2026-06-01", "M1", "north", "visa"), (key.BusinessDate, key.MerchantId, key.Acquirer,
            key.Scheme));
    }

    [Fact]
    public void Add_Declines_CountWithoutApprovedMoney()
    {
        var statistics = new HourlyStatistics();
        statistics.Add(RecordedPayments.Authorized(1, e =>
        {
            (e.Outcome, e.DeclinedBy, e.ResponseCode, e.ApprovedAmount) = (Outcome.Declined, DeclinedBy.Issuer,
                "51", null);
        }));
        Assert.Equal(new StatisticSums(1, 1290, 0), Assert.Single(OfMerchants(statistics)).Value);
    }

    [Fact]
    public void Add_Reversals_CountNothing()
    {
        var statistics = new HourlyStatistics();
        foreach (var type in System.Enum.GetValues<TransactionEventType>()
            .Where(type => type is not (TransactionEventType.Authorized or TransactionEventType.NotSent)))
            statistics.Add(RecordedPayments.Authorized(1, e => e.Type = type));
        Assert.Empty(statistics.Sums());
    }

    [Fact]
    public void Add_HourByAcceptance_ChangesOnTheHour()
    {
        var statistics = new HourlyStatistics();
        var hour = RecordedPayments.Accepted;
        foreach (var at in (DateTimeOffset[])[hour.AddMilliseconds(-1), hour, hour.AddMinutes(60).AddMilliseconds(-1)])
            statistics.Add(RecordedPayments.Authorized(1, e => e.AcceptedAt = at.ToTimestamp()));
        Assert.Equal([1, 2], OfMerchants(statistics).Select(sum => sum.Value.Requests));
    }

    [Fact]
    public void Sums_AreInTheOrderOfTheKey_SoThatWritersNeverWaitInACircle()
    {
        var statistics = new HourlyStatistics();
        foreach (var merchant in (string[])["Z", "a", "B"])
            statistics.Add(RecordedPayments.Authorized(1, e => e.MerchantId = merchant));
        Assert.Equal(["B", "Z", "a"], OfMerchants(statistics).Select(sum => sum.Key.MerchantId));
    }

    [Fact]
    public void Add_OfSeveralMerchants_IsSummedUpForAllOfThem()
    {
        var statistics = new HourlyStatistics();
        foreach (var merchant in (string[])["A", "A", "B"])
            statistics.Add(RecordedPayments.Authorized(1, e => e.MerchantId = merchant));
        Assert.Equal(
            [(HourlyStatistics.AllMerchants, 3L), ("A", 2L), ("B", 1L)],
            statistics.Sums().Select(sum => (sum.Key.MerchantId, sum.Value.Requests)));
    }

    private static List<KeyValuePair<StatisticKey, StatisticSums>> OfMerchants(HourlyStatistics statistics) =>
        statistics.Sums().FindAll(sum => sum.Key.MerchantId != HourlyStatistics.AllMerchants);
}
