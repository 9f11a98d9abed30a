using Switch.Service.Idempotency;
using Switch.Service.Journal;
using Switch.Service.Journal.Records;

namespace Switch.Service.Authorization;

/// <summary>
/// Ends a request whose holder is gone (S8): what it may have sent is reversed, once, and the answer is 68. The caller
/// has the claim, so nobody else acts on it.
/// </summary>
internal sealed class InDoubt
{
    /// <summary>How long recovery waits for a store that does not answer; the end goes on without it.</summary>
    public static readonly TimeSpan RecoveryPatience = TimeSpan.FromSeconds(1);

    private readonly RequestCoordinator _requests;
    private readonly Answers _answers;
    private readonly Outcomes _outcomes;
    private readonly Conclusions _conclusions;
    private readonly LateReversals _late;
    private readonly ILogger<InDoubt> _logger;

    public InDoubt(
        RequestCoordinator requests, Answers answers, Outcomes outcomes, Conclusions conclusions, LateReversals late,
        ILogger<InDoubt> logger)
    {
        _requests = requests;
        _answers = answers;
        _outcomes = outcomes;
        _conclusions = conclusions;
        _late = late;
        _logger = logger;
    }

    /// <summary>The answer, as <see cref="Conclusions.ConcludeAsync"/> gives it.</summary>
    /// <param name="claim">Taken over; it carries the attempt.</param>
    /// <param name="patience">How long to wait for a store that does not answer.</param>
    /// <exception cref="Exception">The disk under the journal's reader, or a bug. The claim is given up, so that
    /// whoever comes next ends it.</exception>
    public async ValueTask<AuthorizationResult> FinishAsync(Claim claim, TimeSpan patience)
    {
        try
        {
            return await TryFinishAsync(claim, patience);
        }
        catch
        {
            _requests.Abandon(claim);
            throw;
        }
    }

    private async ValueTask<AuthorizationResult> TryFinishAsync(Claim claim, TimeSpan patience)
    {
        if (await _late.ReverseOtherIntentAsync(claim) != JournalFault.None)
        {
            _requests.Abandon(claim);
            return Refusal.InProgress;
        }

        if (claim.Attempt.IsEmpty)
        {
            // There was nobody to ask, so nothing can have been sent: the next to come runs afresh (S2).
            await _requests.ReleaseAsync(claim);
            return Refusal.InProgress;
        }

        var attempt = AttemptRecord.Parser.ParseFrom(claim.Attempt.Span);
        Log.Recovered(_logger, claim.TransactionId, attempt.Attempt, attempt.Acquirer);
        var run = AttemptRun.InDoubt(attempt);
        return await _conclusions.ConcludeAsync(claim, _outcomes.Final(run, _answers.InDoubt(attempt)), patience);
    }
}
