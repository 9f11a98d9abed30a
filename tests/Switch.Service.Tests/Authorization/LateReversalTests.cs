using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Switch.Contracts.V1;
using Switch.Service.Authorization;
using Switch.Service.Events;
using Switch.Service.Idempotency;
using Switch.Service.Journal;
using Switch.Service.Journal.Records;
using Switch.Service.Keys;
using Switch.Service.Tests.Journal;
using Switch.Service.Tests.Keys;

namespace Switch.Service.Tests.Authorization;

/// <summary>Two attempts of one request, of which the journal knows one and the store the other, on a real
/// journal.</summary>
public sealed class LateReversalTests : IAsyncDisposable
{
    private const string Rrn = "632811000042";

    private static readonly string Id = Steps.Id(1);

    private readonly JournalHarness _harness = new();
    private readonly LateReversals _late;
    private readonly InstanceId _owner = InstanceId.Create(7);

    public LateReversalTests()
    {
        var keys = KeyFiles.Ring();
        var events = new TransactionEvents(new CardTokenizer(keys), _harness.Time);
        var outcomes = new Outcomes(events, new TransactionIdentity(keys), _harness.Time);
        _late = new LateReversals(outcomes, _harness.Journal, NullLogger<LateReversals>.Instance);
    }

    private IReadOnlyList<AdviceRow> Advices => _harness.Journal.ReadAdvices();

    public async ValueTask DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task SupersedeOther_AnApprovalOfAnotherAttempt_IsReversedOnItsOwnAndNotTold()
    {
        await KeepAsync(Final(Attempt(1), Outcome.Approved));

        Assert.Equal(JournalFault.None, await _late.SupersedeOtherAsync(ClaimOf(Attempt(2))));

        var advice = Assert.Single(Advices);
        Assert.Equal((AdviceKinds.LateReversal, AdviceStates.Pending), (advice.Kind, advice.State));
        Assert.Equal(Attempt(1), ReversalRecord.Parser.ParseFrom(advice.Detail.Span).Original);
        Assert.Equal([$"{Id}.late_reversal_queued.{Attempt(1).Tag}"], await EventIdsAsync());
        Assert.False(_harness.Journal.IsUnsettled(Id));
    }

    [Fact]
    public async Task SupersedeOther_TheSameAttempt_StaysForWhoTakesItsPlace()
    {
        await KeepAsync(Final(Attempt(1), Outcome.Approved));

        Assert.Equal(JournalFault.None, await _late.SupersedeOtherAsync(ClaimOf(Attempt(1))));

        Assert.Empty(Advices);
        Assert.True(_harness.Journal.IsUnsettled(Id));
    }

    [Fact]
    public async Task SupersedeOther_AReversalThatIsOwed_IsOwedApartFromTheNext()
    {
        var owed = Final(Attempt(1), Outcome.Declined, IdempotencyRecord.ReversalOwedFlag);
        await KeepAsync(owed, AdviceOf(Attempt(1)));

        await _late.SupersedeOtherAsync(ClaimOf(Attempt(2)));
        await WriteAsync(new JournalStep { Advice = AdviceOf(Attempt(2)) });

        Assert.Equal([AdviceKinds.LateReversal, AdviceKinds.Reversal], Advices.Select(row => row.Kind));
        Assert.Equal([Attempt(1), Attempt(2)], Advices.Select(
            row => ReversalRecord.Parser.ParseFrom(row.Detail.Span).Original));
    }

    [Theory]
    [InlineData("alpha", AdviceStates.Parked)]
    [InlineData("beta", AdviceStates.Pending)]
    public async Task Supersede_AnotherAttemptIsApproved_WaitsForAPersonWhereTheAcquirerMightTakeThemForOne(
        string standingAt, string state)
    {
        var kept = Final(Attempt(1), Outcome.Approved);
        await KeepAsync(kept);
        var standing = Final(Attempt(2, standingAt), Outcome.Approved);

        await _late.SupersedeAsync(Id, kept.ReversalData, kept.Flags, standing);

        Assert.Equal(state, Assert.Single(Advices).State);
        var tag = Attempt(1).Tag;
        string[] parked = state == AdviceStates.Parked ? [$"{Id}.late_reversal_parked.{tag}.{NowMs}"] : [];
        Assert.Equal([$"{Id}.late_reversal_queued.{tag}", .. parked], await EventIdsAsync());
    }

    [Fact]
    public async Task Supersede_TheRequestEndedWithTheReversalOfTheSameAttempt_GoesOnAsItIs()
    {
        var owed = Final(Attempt(1), Outcome.Declined, IdempotencyRecord.ReversalOwedFlag);
        await KeepAsync(owed, AdviceOf(Attempt(1)));

        await _late.SupersedeAsync(Id, owed.ReversalData, owed.Flags, owed);

        Assert.Equal(AdviceKinds.Reversal, Assert.Single(Advices).Kind);
        Assert.Empty(await EventIdsAsync());
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    public async Task ReverseOtherIntent_ReversesOnlyAnotherAttempt(int claimed, int reversals)
    {
        var intent = RecordEncoder.InFlight(ClaimOf(Attempt(1)), _owner, TimeSpan.Zero);
        await WriteAsync(new JournalStep { OpenIntent = new IntentRow(Id, 1, "alpha", Rrn, NowMs, intent) });

        Assert.Equal(JournalFault.None, await _late.ReverseOtherIntentAsync(ClaimOf(Attempt(claimed))));

        Assert.Equal(reversals, Advices.Count);
        // The claim's own goes with the end of the request.
        Assert.Equal(reversals == 0, _harness.Journal.FindIntent(Id) is not null);
    }

    private long NowMs => _harness.Time.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task<IEnumerable<string>> EventIdsAsync()
    {
        var page = await _harness.Journal.ReadOutboxAsync(0, 10, TestContext.Current.CancellationToken);
        return page.Select(e => e.EventId);
    }

    private Task KeepAsync(IdempotencyRecord record, AdviceRow? advice = null) => WriteAsync(new JournalStep
    {
        Events = [Steps.Event(1), Steps.Event(1, "reversal_queued")],
        Outcome = new OutcomeRow(Id, NowMs, record.Bytes),
        Advice = advice,
    });

    private async Task WriteAsync(JournalStep step) =>
        Assert.Equal(JournalFault.None, await _harness.Journal.WriteAsync(step));

    private static AttemptRecord Attempt(int stan, string acquirer = "alpha") => new()
    {
        Draft = new TransactionEvent { TransactionId = Id, RootTransactionId = Id, RetrievalReferenceNumber = Rrn },
        Acquirer = acquirer,
        Stan = stan,
        TransmissionDateTime = "1124101112",
    };

    private static Claim ClaimOf(AttemptRecord attempt) =>
        new(Id, 1, new Fence(1, 2), 0, attempt.Acquirer, Rrn, attempt.ToByteArray());

    private static AdviceRow AdviceOf(AttemptRecord attempt)
    {
        var reversal = new ReversalRecord { Original = attempt };
        return Steps.Advice(1) with
        {
            AdviceId = Outcomes.AdviceId(reversal, AdviceKinds.Reversal),
            Detail = reversal.ToByteArray(),
        };
    }

    private IdempotencyRecord Final(AttemptRecord attempt, Outcome outcome, byte flags = 0)
    {
        var answer = new AuthorizeResponse { Outcome = outcome }.ToByteArray();
        var data = new ReversalRecord { Original = attempt }.ToByteArray();
        var bytes = RecordEncoder.Final(ClaimOf(attempt), _owner, new FinalAnswer(answer, data, flags));
        Assert.True(IdempotencyRecord.TryDecode(bytes, out var record, out _));
        return record;
    }
}
