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
                await left.PauseAsync(schedule.Next(_random));
            }
        }
        finally
        {
            _waiters.Leave();
        }
    }

    /// <summary>
    /// What is known of a request, for a repeat that has no time to do more: Replay, KeyReused or InProgress; null when
    /// nothing is known, or the store did not answer. Never makes a claim.
    /// </summary>
    public async ValueTask<EnterResult?> LookAsync(string transactionId, UInt128 fingerprint)
    {
        var found = await _store.FindAsync(transactionId);
        if (found.Kind != FindKind.Found) return null;
        var result = ClaimResult.Of(found.Record, fingerprint);
        return result.Kind switch
        {
            ClaimKind.Final => EnterResult.Of(JoinKind.Answer, result.Record.Answer),
            ClaimKind.KeyReused => EnterResult.Of(JoinKind.KeyReused, default),
            ClaimKind.InFlight => EnterResult.Of(JoinKind.InProgress, default),
            _ => null,
        };
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

    // The seat was taken by another: its answer is this one's too, unless it ended without one.
    private async ValueTask<EnterResult> JoinOrLeadAsync(
        ClaimRequest request, InFlightEntry seat, InFlightEntry? holder, Patience patience)
    {
        do
        {
            if (holder is null) continue;
            if (holder.Fingerprint is { } fingerprint && fingerprint != request.Fingerprint)
            {
                _metrics.KeyReusedInProcess();
                return new EnterResult(EnterKind.KeyReused, null, default);
            }

            var kind = await JoinAsync(holder, patience);

            // Nothing was sent for it: of all that waited, the one to take the seat next runs afresh. And what recovery
            // ended is for the record to give, which knows the payload (S3).
            if (holder.Fingerprint is null && kind != JoinKind.Pending) kind = JoinKind.Retry;
            if (kind != JoinKind.Retry || patience.IsOver) return EnterResult.Of(kind, holder.Answer);
        }
        while (!_table.TryTake(request.TransactionId, seat, out holder));

        return await LeadAsync(request, seat, patience);
    }

    private async ValueTask<EnterResult> LeadAsync(ClaimRequest request, InFlightEntry seat, Patience patience)
    {
        try
        {
            var result = await _store.ClaimAsync(request);
            for (var takeOvers = 0; result.Kind == ClaimKind.InFlight; takeOvers++)
            {
                if (takeOvers == TakeOversMax) return await PollAsync(request, seat, patience, result);
                if (IsOrphan(result.Record))
                {
                    result = await _store.TakeOrphanAsync(result.Record, request);
                    continue;
                }

                if (!_doubtful.Contains(result.Record.Fence))
                    return await PollAsync(request, seat, patience, result);
                // Its holder in this process has given it up, and the seat is this leader's: nobody else ends it
                // sooner.
                var taken = await _store.TakeOwnAsync(request.TransactionId, result.Record);
                if (taken.Kind == ClaimKind.Owner) return EndLead(request, seat, taken, EnterKind.TakenOver);
                result = taken.Kind == ClaimKind.Unavailable
                    ? new ClaimResult(ClaimKind.Unavailable, null, default)
                    : ClaimResult.Of(taken.Record, request.Fingerprint);
            }

            return EndLead(request, seat, result, EnterKind.Owner);
        }
        catch
        {
            // A bug, not a store that is down; the seat must not outlive it. Nothing was sent: only an owner may send.
            EndSeat(request.TransactionId, seat, JoinKind.Unavailable);
            throw;
        }
    }

    /// <summary>
    /// Looks at a record of another instance until it ends, or its lease does, or this leader may wait no longer.
    /// </summary>
    private async ValueTask<EnterResult> PollAsync(
        ClaimRequest request, InFlightEntry seat, Patience patience, ClaimResult result)
    {
        if (!_waiters.TryEnter()) return EndLead(request, seat, result, EnterKind.Owner);
        try
        {
            var schedule = default(PollSchedule);
            var owned = EnterKind.TakenOver;
            while (result.Kind == ClaimKind.InFlight)
            {
                // Who joined may have more patience than this leader: one of them takes the seat and goes on.
                if (patience.IsOver) return HandOver(request, seat);
                await patience.PauseAsync(schedule.Next(_random));
                result = await LookAsync(request, result.Record);
                owned = EnterKind.TakenOver;
                if (result.Kind != ClaimKind.Released) continue;

                // Nothing was sent, so it runs afresh, here if this claim is the first to come.
                result = await _store.ClaimAsync(request);
                owned = EnterKind.Owner;
            }

            return EndLead(request, seat, result, owned);
        }
        finally
        {
            _waiters.Leave();
        }
    }

    /// <summary>
    /// Whether the lease may be over by the clocks of the instances. Only the store's clock decides: this is when to
    /// ask.
    /// </summary>
    public bool MayBeExpired(IdempotencyRecord record) => _time.GetUtcNow() - record.ClaimedAt >= _lease;

    // Trying to take it over is a look as well.
    private async ValueTask<ClaimResult> LookAsync(ClaimRequest request, IdempotencyRecord record)
    {
        if (MayBeExpired(record))
        {
            var taken = await _store.TakeExpiredAsync(request.TransactionId, record);
            return taken.Kind is ClaimKind.Owner or ClaimKind.Released or ClaimKind.Unavailable
                ? taken
                : ClaimResult.Of(taken.Record, request.Fingerprint);
        }

        var found = await _store.FindAsync(request.TransactionId);
        return found.Kind switch
        {
            FindKind.Found => ClaimResult.Of(found.Record, request.Fingerprint),
            FindKind.Absent => new ClaimResult(ClaimKind.Released, null, default),
            _ => new ClaimResult(ClaimKind.Unavailable, null, default),
        };
    }

    private EnterResult EndLead(ClaimRequest request, InFlightEntry seat, ClaimResult result, EnterKind owned)
    {
        if (result.Kind == ClaimKind.Tombstoned)
        {
            owned = EnterKind.Tombstoned;
            result = new ClaimResult(ClaimKind.Owner, _store.ClaimTombstone(request, result.Record), default);
        }

        if (result.Kind == ClaimKind.Owner)
        {
            seat.Claim = result.Claim;
            return new EnterResult(owned, result.Claim, default);
        }

        // A take-over that may have been written is left to its lease: what it took over has yet to be reversed.
        if (result is { Kind: ClaimKind.Unavailable, Claim: { } perhapsWritten } && owned == EnterKind.Owner)
            QueueRelease(perhapsWritten);

        var kind = result.Kind switch
        {
            ClaimKind.Final => JoinKind.Answer,
            ClaimKind.KeyReused => JoinKind.KeyReused,
            ClaimKind.InFlight => JoinKind.InProgress,
            _ => JoinKind.Unavailable,
        };
        var answer = kind == JoinKind.Answer ? result.Record.Answer : default;
        EndSeat(request.TransactionId, seat, kind, answer);
        return EnterResult.Of(kind, answer);
    }

    private EnterResult HandOver(ClaimRequest request, InFlightEntry seat)
    {
        EndSeat(request.TransactionId, seat, JoinKind.Retry);
        return new EnterResult(EnterKind.InProgress, null, default);
    }

    // The seat is this leader's, so no attempt of this process is alive under the key.
    private bool IsOrphan(IdempotencyRecord record) => _orphans.ContainsKey(record.Fence);

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
                .ConfigureAwait(Awaits.Quietly);
        }
    }
}
