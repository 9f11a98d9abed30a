namespace Switch.Iso8583;

/// <summary>
/// Counts outcomes and decides when the host is no longer trusted. Pure state: no clock, timer or I/O of its own.
/// </summary>
internal sealed class CircuitBreaker
{
    private const int Buckets = 10;

    // Outcomes of several readers change the counters of one window together; held for nanoseconds.
    private readonly Lock _gate = new();
    private readonly IsoBreakerOptions _options;
    private readonly long _bucketTicks;
    private readonly int[] _good = new int[Buckets];
    private readonly int[] _failed = new int[Buckets];
    private long _bucket;
    private int _consecutive;
    private int _goodProbes;
    private volatile bool _isOpen;

    public CircuitBreaker(IsoBreakerOptions options)
    {
        _options = options;
        _bucketTicks = Math.Max(1, options.Window.Ticks / Buckets);
    }

    public bool IsOpen => _isOpen;

    /// <summary>Counts an outcome; the reason in words when it opens the breaker, else null.</summary>
    public string? Record(bool isGood, TimeSpan now)
    {
        lock (_gate)
        {
            if (_isOpen) return null;
            TurnTo(now.Ticks / _bucketTicks);
            var at = (int)(_bucket % Buckets);
            if (isGood)
            {
                _good[at]++;
                _consecutive = 0;
                return null;
            }

            _failed[at]++;
            _consecutive++;
            if (_consecutive >= _options.ConsecutiveFailures)
                return Open($"{_consecutive} requests in a row unanswered");
            var (good, failed) = (Sum(_good), Sum(_failed));
            return good + failed >= _options.MinOutcomes && failed >= _options.FailureRatio * (good + failed)
                ? Open($"{failed} of {good + failed} requests unanswered")
                : null;
        }
    }

    /// <summary>Counts a probe; true when it closes the breaker.</summary>
    public bool RecordProbe(bool isGood)
    {
        lock (_gate)
        {
            _goodProbes = isGood ? _goodProbes + 1 : 0;
            if (!_isOpen || _goodProbes < _options.GoodProbes) return false;
            Array.Clear(_good);
            Array.Clear(_failed);
            _consecutive = 0;
            _isOpen = false;
            return true;
        }
    }

    private string Open(string reason)
    {
        _goodProbes = 0;
        _isOpen = true;
        return reason;
    }

    private void TurnTo(long bucket)
    {
        if (bucket - _bucket >= Buckets) _bucket = bucket - Buckets;
        while (_bucket < bucket)
        {
            _bucket++;
            _good[_bucket % Buckets] = 0;
            _failed[_bucket % Buckets] = 0;
        }
    }

    private static int Sum(int[] counts)
    {
        var sum = 0;
        foreach (var count in counts) sum += count;
        return sum;
    }
}
