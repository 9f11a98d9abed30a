namespace Switch.Programs;

/// <summary>A broker that runs already, as the environment names it.</summary>
/// <param name="Address">Host and port.</param>
/// <param name="Stop">Shell command that stops it; null when this run may not.</param>
/// <param name="Start">Shell command that starts it again, and returns; null when there is none to stop it.</param>
internal sealed record GivenBroker(string Address, string? Stop = null, string? Start = null)
{
    public const string AddressVariable = "SWITCH_TEST_KAFKA";
    public const string StopVariable = "SWITCH_TEST_KAFKA_STOP";
    public const string StartVariable = "SWITCH_TEST_KAFKA_START";

    /// <summary>The broker of these variables, or null: the run brings its own.</summary>
    /// <exception cref="HarnessException">One that needs another stands alone.</exception>
    public static GivenBroker? Find(Func<string, string?> variable)
    {
        var address = Read(AddressVariable);
        var stop = Read(StopVariable);
        var start = Read(StartVariable);
        // Half of it would be a run without restarts for which somebody had asked.
        if (stop is null != start is null || (stop is not null && address is null))
        {
            throw new HarnessException(
                $"{StopVariable} and {StartVariable} go together, and with {AddressVariable}");
        }

        return address is null ? null : new GivenBroker(address, stop, start);

        string? Read(string name) => variable(name) is { Length: > 0 } value ? value : null;
    }
}
