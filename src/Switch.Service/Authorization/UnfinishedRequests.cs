using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Switch.Service.Idempotency;

namespace Switch.Service.Authorization;

/// <summary>A request that this process could not end, because its disk or the store failed in between.</summary>
/// <param name="Claim">Whose claim was abandoned.</param>
/// <param name="NothingSent">Provably nothing of it was sent; otherwise it is in doubt.</param>
internal sealed record UnfinishedRequest(Claim Claim, bool NothingSent);

/// <summary>
/// What recovery still has to end, once disk and store work again. Bounded by the requests in flight: while anything is
/// here the disk or the store is bad, and no new money is taken.
/// </summary>
internal sealed class UnfinishedRequests
{
    private readonly ConcurrentQueue<UnfinishedRequest> _queue = new();

    public int Count => _queue.Count;

    public void Add(UnfinishedRequest request) => _queue.Enqueue(request);

    public bool TryTake([NotNullWhen(true)] out UnfinishedRequest? request) => _queue.TryDequeue(out request);
}
