namespace Switch.Load.Compare;

/// <summary>Who is measured.</summary>
internal enum Contender
{
    /// <summary>A: the same contract, a handler that returns a fixed answer.</summary>
    Bare,

    /// <summary>B: each step awaited in turn, no journal.</summary>
    Naive,

    /// <summary>C: the switch as shipped.</summary>
    Switch,
}

/// <summary>What they are called on the command line and in reports.</summary>
internal static class ContenderNames
{
    public static string Of(Contender contender) => contender switch
    {
        Contender.Bare => "bare",
        Contender.Naive => "naive",
        _ => "switch",
    };
}

/// <summary>How it is asked.</summary>
internal sealed record Shape(string Name, bool IsStream, int InFlight)
{
    public static readonly Shape Unary64 = new("unary64", false, 64);
    public static readonly Shape Unary256 = new("unary256", false, 256);
    public static readonly Shape Stream512 = new("stream512", true, 512);
    public static readonly Shape[] All = [Unary64, Unary256, Stream512];
}
