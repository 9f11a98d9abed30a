using System.Collections.Concurrent;
using Switch.Programs;

namespace Switch.Chaos.Terminals;

/// <summary>
/// All counters: each takes one payment after the other. One that hangs does not stop the queue of customers: after a
/// while its counter goes on, and the old payment is asked for beside it.
/// </summary>
internal sealed class TerminalFleet : IDisposable
{
    private const int HangingMax = 4096;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly ChaosOptions _options;
    private readonly TerminalCalls _calls;
    private readonly ConcurrentQueue<Payment> _payments = new();
    private readonly ConcurrentDictionary<int, Task> _open = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _giveUp = new();
    private readonly List<Task> _counters = [];
    private int _number;

    public TerminalFleet(ChaosOptions options, TerminalCalls calls)
    {
        _options = options;
        _calls = calls;
    }

    /// <summary>Every payment that was begun.</summary>
    public IReadOnlyCollection<Payment> Payments => _payments;

    /// <summary>Payments that are still being asked for.</summary>
    public int Open => _open.Count;

    public void Start()
    {
        for (var i = 0; i < _options.Terminals; i++)
        {
            var counter = i;
            _counters.Add(Task.Run(() => ServeAsync(counter)));
        }
    }

    /// <summary>No counter takes another customer; those who stand there are served.</summary>
    public Task CloseAsync()
    {
        _closing.Cancel();
        return Task.WhenAll(_counters);
    }

    /// <summary>Terminals stop asking, and leave open what is open.</summary>
    public Task GiveUpAsync()
    {
        _giveUp.Cancel();
        return Task.WhenAll(_open.Values);
    }

    /// <summary>A terminal that failed, not the switch; null while all is well.</summary>
    public Exception? Fault => _open.Values.FirstOrDefault(static task => task.IsFaulted)?.Exception;

    public void Dispose()
    {
        _closing.Dispose();
        _giveUp.Dispose();
        _calls.Dispose();
    }

    private async Task ServeAsync(int counter)
    {
        var random = new Random(HashCode(_options.Seed, counter));
        while (!_closing.IsCancellationRequested)
        {
            var number = Interlocked.Increment(ref _number);
            var payment = Payment.Make(counter, number, random, TimeProvider.System.GetUtcNow());
            _payments.Enqueue(payment);
            var terminal = new Terminal(_calls, random.Next(), _giveUp.Token);
            var served = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var paying = Task.Run(async () =>
            {
                var later = await terminal.PayAsync(payment);
                served.TrySetResult();
                if (later is not null) await later();
            });
            _open[number] = paying;
            _ = paying.ContinueWith(
                _ => _open.TryRemove(number, out var _), CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously | TaskContinuationOptions.OnlyOnRanToCompletion,
                TaskScheduler.Default);
            do await Task.WhenAny(served.Task, RunClock.TryDelay(Patience, _closing.Token));
            while (_open.Count >= HangingMax && !_closing.IsCancellationRequested);

            await RunClock.TryDelay(TimeSpan.FromMilliseconds(random.Next((2 * _options.ThinkMs) + 1)), _closing.Token);
        }
    }

    // Not HashCode.Combine, which differs from run to run.
    private static int HashCode(int seed, int counter) => unchecked((seed * 1_000_003) + (counter * 7919) + 17);
}
