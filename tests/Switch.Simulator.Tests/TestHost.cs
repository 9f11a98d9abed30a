using Switch.Iso8583;

namespace Switch.Simulator.Tests;

/// <summary>Starts hosts for tests.</summary>
internal static class TestHost
{
    public static Task<AcquirerHost> StartAsync(
        string? scenario = null, IsoDialect? dialect = null, TimeProvider? time = null) =>
        StartAsync(new AcquirerHostOptions
        {
            Dialect = dialect ?? IsoDialect.Ascii1987,
            Scenario = scenario is null ? Scenario.ApproveAll : Scenario.Parse(scenario),
            Time = time ?? TimeProvider.System,
        });

    public static Task<AcquirerHost> StartAsync(AcquirerHostOptions options) =>
        AcquirerHost.StartAsync(options, TestContext.Current.CancellationToken);
}
