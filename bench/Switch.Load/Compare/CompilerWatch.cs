namespace Switch.Load.Compare;

/// <summary>
/// Decides, look by look, whether a server's just-in-time compiler has levelled off. Until then a measurement has the
/// compiler's work in it, and code that is slower than it will be.
/// </summary>
internal sealed class CompilerWatch
{
    /// <summary>Of one core; from here on a turn is not quiet.</summary>
    public const double QuietBelow = 0.02;

    // With one shape too: the compiler works in bursts, and between two of them it is quiet.
    private const int QuietTurnsMin = 2;

    /// <summary>How long a server is driven between two looks, at least.</summary>
    public static readonly TimeSpan Turn = TimeSpan.FromSeconds(2);

    /// <summary>After that the server is taken as it is.</summary>
    public static readonly TimeSpan AtMost = TimeSpan.FromSeconds(60);

    private readonly TimeSpan _started;
    private readonly double[] _shares;
    private CompilerLook _last;
    private int _turns;

    /// <param name="shapes">Turns in a row that have to be quiet: one in each shape.</param>
    /// <param name="first">Before the first turn.</param>
    public CompilerWatch(int shapes, CompilerLook first)
    {
        _shares = new double[Math.Max(shapes, QuietTurnsMin)];
        _started = first.At;
        _last = first;
    }

    /// <summary>Turns so far.</summary>
    public int Turns => _turns;

    /// <summary>From the first look to the last.</summary>
    public TimeSpan Time => _last.At - _started;

    /// <summary>What the compiler took of one core in the busiest of the last turns.</summary>
    public double Share => _shares.Max();

    /// <summary>The last turns were quiet, one in each shape.</summary>
    public bool IsQuiet => _turns >= _shares.Length && Share < QuietBelow;

    /// <summary>It is quiet, or has had its time.</summary>
    public bool IsOver => IsQuiet || Time >= AtMost;

    /// <summary>Takes the look at the end of a turn.</summary>
    public void Add(CompilerLook look)
    {
        _shares[_turns % _shares.Length] = (look.Compiled - _last.Compiled) / (look.At - _last.At);
        _turns++;
        _last = look;
    }
}

/// <summary>How long a server's compiler has worked since the server started, at one moment of the run.</summary>
internal readonly record struct CompilerLook(TimeSpan At, TimeSpan Compiled);
