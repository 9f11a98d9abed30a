using Switch.Service.Idempotency;

namespace Switch.BrokenVariants;

/// <summary>
/// A store whose Replace writes whatever stands there: an owner that lost its claim completes all the same.
/// </summary>
internal sealed class CompleteWithoutFence(IIdempotencyStore inner) : IIdempotencyStore
{
    public long Generation => inner.Generation;

    public bool IsTrusted => inner.IsTrusted;

    public void Trust(long generation) => inner.Trust(generation);

    public void Distrust() => inner.Distrust();

    public Task WaitForChangeAsync(TimeSpan atMost, CancellationToken cancellationToken) =>
        inner.WaitForChangeAsync(atMost, cancellationToken);

    public ValueTask<StoreReply> SetIfAbsentAsync(string transactionId, byte[] record) =>
        inner.SetIfAbsentAsync(transactionId, record);

    public async ValueTask<StoreReply> ReplaceAsync(
        string transactionId, byte[] expected, byte[] record, bool orAbsent, bool keepLife)
    {
        var reply = await inner.ReplaceAsync(transactionId, expected, record, orAbsent, keepLife);
        // With what stands there as the guard, the fence says nothing any more.
        return reply.Kind == StoreReplyKind.Found
            ? await inner.ReplaceAsync(transactionId, reply.Record.Guard, record, orAbsent, keepLife)
            : reply;
    }

    public ValueTask<StoreReply> TakeExpiredAsync(string transactionId, Fence fence, byte[] record) =>
        inner.TakeExpiredAsync(transactionId, fence, record);

    public ValueTask<StoreReply> DeleteAsync(string transactionId, Fence fence) =>
        inner.DeleteAsync(transactionId, fence);

    public ValueTask<StoreReply> GetAsync(string transactionId) => inner.GetAsync(transactionId);

    public ValueTask<StoreReply> RestoreAsync(
        string transactionId, byte[] record, TimeSpan life, bool overInFlight, byte[]? over = null) =>
        inner.RestoreAsync(transactionId, record, life, overInFlight, over);

    public ValueTask<bool> IndexAsync(IReadOnlyCollection<string> add, IReadOnlyCollection<string> remove) =>
        inner.IndexAsync(add, remove);

    public ValueTask<IReadOnlyList<string>?> ReadIndexAsync(DateTimeOffset before, int skip, int max) =>
        inner.ReadIndexAsync(before, skip, max);

    public ValueTask<bool> AnnounceAsync(ulong journal, string identity, TimeSpan life) =>
        inner.AnnounceAsync(journal, identity, life);

    public ValueTask<IReadOnlyDictionary<ulong, string>?> PeersAsync() => inner.PeersAsync();

    public ValueTask<StoreIdentity?> IdentifyAsync() => inner.IdentifyAsync();

    public ValueTask<bool> PlantCanaryAsync() => inner.PlantCanaryAsync();
}
