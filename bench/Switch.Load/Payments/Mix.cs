namespace Switch.Load.Payments;

/// <summary>What is sent.</summary>
internal enum JobKind
{
    /// <summary>A payment of its own.</summary>
    Pay,

    /// <summary>An earlier payment again, with its key: a retry.</summary>
    Repeat,

    /// <summary>An earlier payment is taken back.</summary>
    Reverse,
}

/// <summary>One thing to send.</summary>
/// <param name="Kind">What.</param>
/// <param name="Payment">Number of the payment that is meant.</param>
internal readonly record struct Job(JobKind Kind, long Payment);

/// <summary>Which job comes as the n-th: from the seed and its number alone.</summary>
internal sealed class Mix
{
    // A retry or a reversal is about one of so many before it.
    private const int Reach = 100;
    private const long OtherSeed = 0x5DEECE66D;
    private readonly long _seed;
    private readonly double _repeatPercent;
    private readonly double _reversePercent;

    public Mix(long seed, double repeatPercent, double reversePercent)
    {
        // Other draws than those of the payments themselves.
        _seed = seed ^ OtherSeed;
        _repeatPercent = repeatPercent;
        _reversePercent = reversePercent;
    }

    /// <summary>Job number <paramref name="number"/>, from 0; the first is a payment.</summary>
    public Job this[long number]
    {
        get
        {
            var draws = new Draws(_seed, number);
            var kind = KindOf(number, ref draws);
            if (kind == JobKind.Pay) return new Job(kind, number);
            var payment = number - 1 - draws.Below((int)Math.Min(number, Reach));
            while (KindOf(payment) != JobKind.Pay) payment--;
            return new Job(kind, payment);
        }
    }

    private JobKind KindOf(long number)
    {
        var draws = new Draws(_seed, number);
        return KindOf(number, ref draws);
    }

    private JobKind KindOf(long number, ref Draws draws)
    {
        var drawn = draws.InHundred();
        if (number == 0) return JobKind.Pay;
        return drawn < _repeatPercent ? JobKind.Repeat
            : drawn < _repeatPercent + _reversePercent ? JobKind.Reverse
            : JobKind.Pay;
    }
}
