using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;
using Switch.Service.Idempotency;
using Switch.Service.Tests.Routes;
using Switch.Testing;

namespace Switch.Service.Tests.Idempotency;

public sealed class RepairQueueTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Meter _meter = new("test");
    private readonly ConcurrentQueue<ulong> _tried = new();
    private volatile bool _isUp;
    private volatile int _neverSettles = -1;
    private volatile int _throws = -1;
    private readonly RecordingLogger<RepairQueueTests> _log = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _meter.Dispose();

    [Fact]
    public async Task Repair_FailsForAWhile_IsRepeatedUntilSettled()
    {
        await using var queue = NewQueue(10);
        Assert.True(queue.TryAdd(Release(1)));
        Assert.True(queue.TryAdd(Release(2)));
        await PassAsync(() => _tried.Count >= 6);
        Assert.Equal(2, queue.Count);

        _isUp = true;

        await PassAsync(() => queue.Count == 0);
    }

    [Fact]
    public async Task Repair_ThatNeverSettles_HoldsUpNoOther()
    {
        _isUp = true;
        _neverSettles = 1;
        await using var queue = NewQueue(10);
        for (ulong sequence = 1; sequence <= 5; sequence++) Assert.True(queue.TryAdd(Release(sequence)));

        await PassAsync(() => queue.Count == 1);

        Assert.Equal(5, _tried.Distinct().Count());
    }

    [Fact]
    public async Task Repair_ThatThrows_IsLoggedAndRepeated_AndHoldsUpNoOther()
    {
        _isUp = true;
        _throws = 1;
        await using var queue = NewQueue(10);
        Assert.True(queue.TryAdd(Release(1)));
        Assert.True(queue.TryAdd(Release(2)));

        await PassAsync(() => queue.Count == 1);
        Assert.Contains(_log.Entries, entry => entry.Id == 4131);
        Assert.DoesNotContain(_log.Entries, entry => entry.Id == 4130);

        _throws = -1;
        await PassAsync(() => queue.Count == 0);
    }

    [Fact]
    public async Task Add_PastTheBound_IsRefused()
    {
        var queue = NewQueue(3);
        for (ulong sequence = 1; sequence <= 3; sequence++) Assert.True(queue.TryAdd(Release(sequence)));
        Assert.False(queue.TryAdd(Release(4)));
        Assert.Equal(3, queue.Count);

        _isUp = true;
        await PassAsync(() => queue.Count == 0);
        Assert.True(queue.TryAdd(Release(5)));

        await queue.DisposeAsync();
        Assert.False(queue.TryAdd(Release(6)));
    }

    private static Claim Release(ulong sequence) => new(
        ServiceInstance.NewTransactionId(), 1, new Fence(sequence, 0), 0, "alpha", ServiceInstance.Rrn);

    private RepairQueue NewQueue(int capacity) => new(
        "test",
        capacity,
        claim =>
        {
            _tried.Enqueue(claim.Fence.Sequence);
            if (claim.Fence.Sequence == (ulong)_throws) throw new InvalidOperationException();
            return ValueTask.FromResult(_isUp && claim.Fence.Sequence != (ulong)_neverSettles);
        },
        new IdempotencyMetrics(_meter),
        _time,
        _log);

    private Task PassAsync(Func<bool> condition) => Eventually.TrueAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return condition();
        },
        "the queue gets on",
        null,
        Token);
}
