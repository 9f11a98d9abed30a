namespace Switch.Service.Idempotency;

/// <content>The waits: for an attempt in this process, and for one in another.</content>
internal sealed partial class RequestCoordinator
{
    // Taking over an orphan can only meet a further one when another late claim of ours landed in between.
    private const int TakeOversMax = 3;

    /// <summary>
    /// Waits until the request of <paramref name="transactionId"/> has ended, as a reversal does that finds it in
    /// flight (S9). Never makes a claim.
    /// </summary>
    public async ValueTask<WaitResult> WaitForEndAsync(
        string transactionId, TimeSpan patience, CancellationToken caller)
    {
        var left = new Patience(_time, patience, caller);
        if (_table.TryFind(transactionId, out var entry)) await JoinAsync(entry, left);
        if (!_waiters.TryEnter()) return new WaitResult(WaitKind.InProgress, default);
        try
        {
            var schedule = default(PollSchedule);
            while (true)
            {
                var found = await _store.FindAsync(transactionId);
                if (found.Kind == FindKind.Unavailable) return new WaitResult(WaitKind.Unavailable, default);
                if (found.Kind == FindKind.Absent) return new WaitResult(WaitKind.Absent, default);
                if (found.Record.State != RecordState.InFlight) return new WaitResult(WaitKind.Ended, found.Record);
                if (left.IsOver) return new WaitResult(WaitKind.InProgress, default);
                await left.PauseAsync(schedule.Next());
            }
        }
        finally
        {
            _waiters.Leave();
        }
    }

    private async ValueTask<JoinKind> JoinAsync(InFlightEntry holder, Patience patience)
    {
        if (holder.Kind != JoinKind.Pending) return holder.Kind;
        _metrics.WaiterAdded(IdempotencyMetrics.InProcess);
        try
        {
            return await holder.WaitAsync(patience.Left, _time, patience.Caller);
        }
        finally
        {
            _metrics.WaiterRemoved(IdempotencyMetrics.InProcess);
        }
    }

    private async ValueTask<EnterResult> LeadAsync(Request request, InFlightEntry seat)
    {
        try
        {
            var result = await ClaimAsync(request);
            for (var takeOvers = 0; result.Kind == ClaimKind.InFlight; takeOvers++)
            {
                var isOrphan = IsOrphan(result.Record) && takeOvers < TakeOversMax;
                if (!isOrphan) return await PollAsync(request, seat, result);
                result = await _store.TakeOverAsync(
                    result.Record, request.TransactionId, request.Fingerprint, request.Acquirer, request.Rrn);
            }

            return EndLead(request, seat, result);
        }
        catch
        {
            // A bug, not a store that is down; the seat must not outlive it. Nothing was sent: only an owner may send.
            EndSeat(request.TransactionId, seat, JoinKind.Unavailable);
            throw;
        }
    }

    /// <summary>Looks at a record of another instance until it ends, or this leader may wait no longer.</summary>
    private async ValueTask<EnterResult> PollAsync(Request request, InFlightEntry seat, ClaimResult result)
    {
        if (!_waiters.TryEnter()) return EndLead(request, seat, result);
        try
        {
            var schedule = default(PollSchedule);
            while (result.Kind == ClaimKind.InFlight)
            {
                // Who joined may have more patience than this leader: one of them takes the seat and goes on.
                if (request.Patience.IsOver) return HandOver(request, seat);
                await request.Patience.PauseAsync(schedule.Next());

                var found = await _store.FindAsync(request.TransactionId);
                result = found.Kind switch
                {
                    FindKind.Found => ClaimResult.Of(found.Record, request.Fingerprint),
                    // Released: nothing was sent, so it runs afresh, here if this claim is the first to come.
                    FindKind.Absent => await ClaimAsync(request),
                    _ => new ClaimResult(ClaimKind.Unavailable, null, default),
                };
            }

            return EndLead(request, seat, result);
        }
        finally
        {
            _waiters.Leave();
        }
    }

    private EnterResult EndLead(Request request, InFlightEntry seat, ClaimResult result)
    {
        if (result.Kind == ClaimKind.Owner)
        {
            seat.Claim = result.Claim;
            return new EnterResult(EnterKind.Owner, result.Claim, default);
        }

        if (result is { Kind: ClaimKind.Unavailable, Claim: { } perhapsWritten }) QueueRelease(perhapsWritten);

        var kind = result.Kind switch
        {
            ClaimKind.Final => JoinKind.Answer,
            ClaimKind.KeyReused => JoinKind.KeyReused,
            ClaimKind.Tombstoned => JoinKind.Tombstoned,
            ClaimKind.InFlight => JoinKind.InProgress,
            _ => JoinKind.Unavailable,
        };
        var answer = kind == JoinKind.Answer ? result.Record.Answer : default;
        EndSeat(request.TransactionId, seat, kind, answer);
        return EnterResult.Of(kind, answer);
    }

    private EnterResult HandOver(Request request, InFlightEntry seat)
    {
        EndSeat(request.TransactionId, seat, JoinKind.Retry);
        return new EnterResult(EnterKind.InProgress, null, default);
    }

    private ValueTask<ClaimResult> ClaimAsync(in Request request) =>
        _store.ClaimAsync(request.TransactionId, request.Fingerprint, request.Acquirer, request.Rrn);

    private bool IsOrphan(IdempotencyRecord record) =>
        record.Owner == _store.Instance && record.Fence.Sequence > Volatile.Read(ref _orphanFloor);

    /// <summary>What one call of <see cref="EnterAsync"/> is about.</summary>
    private readonly record struct Request(
        string TransactionId, UInt128 Fingerprint, string Acquirer, string Rrn, Patience Patience);

    /// <summary>How long a caller still waits for another's answer.</summary>
    private readonly struct Patience(TimeProvider time, TimeSpan total, CancellationToken caller)
    {
        private readonly long _started = time.GetTimestamp();

        public CancellationToken Caller => caller;

        public TimeSpan Left => total - time.GetElapsedTime(_started);

        public bool IsOver => caller.IsCancellationRequested || Left <= TimeSpan.Zero;

        /// <summary>Pauses, but not beyond the end of the patience.</summary>
        public async ValueTask PauseAsync(TimeSpan pause)
        {
            var left = Left;
            if (left <= TimeSpan.Zero) return;
            await Task.Delay(pause < left ? pause : left, time, caller)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
