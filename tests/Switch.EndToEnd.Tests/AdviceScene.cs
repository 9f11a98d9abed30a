using Microsoft.Extensions.DependencyInjection;
using Switch.Contracts.V1;
using Switch.Service.Advices;
using Switch.Service.Journal;
using Switch.Simulator;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>A switch that repeats reversals quickly, and what a test of them asks again and again.</summary>
public abstract class AdviceScene : IAsyncDisposable
{
    protected const int TriesMax = 3;
    private SwitchUnderTest? _switch;

    protected SwitchUnderTest Switch => _switch!;

    protected AcquirerHost Alpha => Switch.Sandbox.Alpha;

    protected AcquirerHost Beta => Switch.Sandbox.Beta;

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_switch is not null) await _switch.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task StartAsync(params (string Path, string? Value)[] configuration) =>
        _switch = await SwitchUnderTest.StartAsync(
        [
            ("Switch:Acquirers:alpha:ReplyTimeout", "00:00:00.500"),
            ("Switch:Acquirers:beta:ReplyTimeout", "00:00:00.500"),
            ("Switch:Acquirers:alpha:Advices:RetryMin", "00:00:00.020"),
            ("Switch:Acquirers:alpha:Advices:RetryMax", "00:00:00.100"),
            ("Switch:Acquirers:alpha:Advices:TriesMax", $"{TriesMax}"),
            .. configuration,
        ]);

    protected static AuthorizeRequest Purchase(long amountMinor, string pan = Payments.Visa)
    {
        var request = Payments.Purchase(amountMinor);
        request.PaymentMethod.Card = Payments.ChipCard(pan);
        return request;
    }

    protected async Task<AuthorizeResponse> ReverseApprovalAsync(long amountMinor = 1290)
    {
        var request = Purchase(amountMinor);
        var answer = await Switch.AuthorizeAsync(request);
        Assert.Equal((Outcome.Approved, "alpha"), (answer.Outcome, answer.Acquirer));
        await ReverseAsync(request);
        return answer;
    }

    protected async Task ReverseAsync(AuthorizeRequest request) =>
        Assert.Equal(
            ReversalState.Queued,
            (await Switch.Client.ReverseAsync(Payments.ReverseOf(request), cancellationToken: Cancel)).State);

    protected IReadOnlyList<LedgerEntry> Reversals(AuthorizeResponse answer) =>
        [.. Alpha.Ledger.Find(answer.RetrievalReferenceNumber).Where(entry => entry.Kind == LedgerKind.Reversal)];

    protected async Task<IReadOnlyList<TransactionEvent>> SettledAsync(AuthorizeResponse answer)
    {
        var events = await Switch.EventsAsync(
            answer.TransactionId, "authorized", "reversal_queued", "reversal_acknowledged");
        Assert.Equal(
            [
                TransactionEventType.Authorized, TransactionEventType.ReversalQueued,
                TransactionEventType.ReversalAcknowledged,
            ],
            events.Select(e => e.Type));
        Assert.DoesNotContain(Switch.Journal.ReadAdvices(), row => row.TransactionId == answer.TransactionId);
        return events;
    }

    private protected async Task<AdviceRow> ParkedAsync(AuthorizeResponse answer)
    {
        // The journal has it before the queue lets a person at it.
        var book = Switch.Sandbox.SwitchServices.GetRequiredService<AdviceQueue>().Book;
        await Eventually.TrueAsync(
            () => book.Parked(0, int.MaxValue).Any(parked => parked.Id == Row().AdviceId), "parked",
            cancellationToken: Cancel);
        Assert.Equal(AdviceStates.Parked, Row().State);
        return Row();

        AdviceRow Row() =>
            Assert.Single(Switch.Journal.ReadAdvices(), row => row.TransactionId == answer.TransactionId);
    }
}
