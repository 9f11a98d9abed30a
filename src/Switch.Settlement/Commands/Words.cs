using Switch.Settlement.Records;

namespace Switch.Settlement.Commands;

/// <summary>Names of enum members as a person reads and writes them.</summary>
internal static class Words
{
    /// <summary>MissingOnTheirs is "missing on theirs".</summary>
    public static string Of<T>(T value)
        where T : struct, Enum =>
        SnakeCase.Of(value.ToString()).Replace('_', ' ');

    /// <summary>MissingOnTheirs is "missing-on-theirs", as on the command line.</summary>
    public static string Dashed<T>(T value)
        where T : struct, Enum => SnakeCase.Of(value.ToString()).Replace('_', '-');
}
