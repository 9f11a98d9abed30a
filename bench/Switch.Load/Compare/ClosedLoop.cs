using HdrHistogram;
using Switch.Contracts.V1;
using Switch.Load.Doors;
using Switch.Load.Payments;
using Switch.Load.Runs;

namespace Switch.Load.Compare;

/// <summary>
/// So many callers through one door, each asking again as soon as it has its answer. The same for all contenders.
/// </summary>
internal sealed class ClosedLoop
{
    private const long LatencyMaxUs = 60_000_000;
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromMilliseconds(10);
    private readonly Door _door;
    private readonly PaymentGenerator _payments;
    private readonly PaymentNumbers _numbers;
    private readonly AnswerLog _answers;
    private readonly LongConcurrentHistogram _latencies = new(1, LatencyMaxUs, 3);
    private long _answered;
    private volatile bool _counts;
    private volatile bool _ends;
    private volatile AuthorizeResponse? _last;

    public ClosedLoop(Door door, PaymentGenerator payments, PaymentNumbers numbers, AnswerLog answers)
    {
        _door = door;
        _payments = payments;
        _numbers = numbers;
        _answers = answers;
    }

    /// <summary>Answers so far.</summary>
    public long Answered => Volatile.Read(ref _answered);

    /// <summary>Size of the latest answer on the wire, without framing.</summary>
    public int AnswerBytes => _last?.CalculateSize() ?? 0;

    /// <summary>Starts so many callers; the task ends when all have their last answer.</summary>
    public Task Start(int callers) => Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(AskAsync)));

    /// <summary>From now on latencies are taken.</summary>
    public void Count() => _counts = true;

    /// <summary>No caller asks again.</summary>
    public void End()
    {
        _counts = false;
        _ends = true;
    }

    /// <summary>Of the answers that were counted.</summary>
    public double LatencyMs(double percentile) => LatencyResult.Ms(_latencies, percentile);

    private async Task AskAsync()
    {
        var request = _payments.NewRequest();
        while (!_ends)
        {
            _payments.Fill(request, _numbers.Next());
            var asked = TimeProvider.System.GetTimestamp();
            var reply = await _door.AskAsync(request);
            if (_counts) Record(TimeProvider.System.GetElapsedTime(asked));
            Interlocked.Increment(ref _answered);
            _answers.Add(reply);
            _last = reply.Answer ?? _last;
            // A server that refuses at once must not turn this into a loop without an end.
            if (reply.Answer is null) await Task.Delay(PauseAfterFault, TimeProvider.System);
        }
    }

    private void Record(TimeSpan took) =>
        _latencies.RecordValue(Math.Clamp((long)took.TotalMicroseconds, 1, LatencyMaxUs));
}

/// <summary>Numbers of payments: each is made once in a run.</summary>
internal sealed class PaymentNumbers
{
    private long _last = -1;

    public long Next() => Interlocked.Increment(ref _last);
}
