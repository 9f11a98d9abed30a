using Confluent.Kafka;
using Switch.Chaos.Faults;
using Switch.Programs;

namespace Switch.Chaos.Tests.Programs;

/// <summary>Restarts of a broker that is given, by commands that only write down that they ran.</summary>
public sealed class BrokerTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("switch-chaos-tests-");

    private string Log => Path.Combine(_folder.FullName, "broker.log");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void CanRestart_OnlyWithCommands()
    {
        Assert.True(Given("halt", "go").CanRestart);
        Assert.False(Given(null, null).CanRestart);
        Assert.False(Given("halt", "go").IsOwn);
    }

    [Fact]
    public async Task Restart_RunsBothCommandsAndWaitsForTheBroker()
    {
        using var host = MockBroker(out var address);
        var broker = new Broker(
            new GivenBroker(address, "echo halt", "echo go; echo again >&2"), _folder.FullName, Patience);
        await broker.StopAsync();
        await broker.StartAgainAsync();
        Assert.Equal(["halt", "go", "again"], await MarksAsync());
    }

    [Fact]
    public async Task Restart_RunEndsWhileItIsStopped_IsStartedAtOnce()
    {
        using var host = MockBroker(out var address);
        await using var broker = new Broker(
            new GivenBroker(address, "echo halt", "echo go"), _folder.FullName, Patience);
        var clock = new RunClock();
        var restart = new BrokerRestart(broker, new FaultLog(clock, null), clock);
        var fault = new PlannedFault(TimeSpan.Zero, FaultKind.BrokerRestart, 0, TimeSpan.FromHours(1));
        using var over = new CancellationTokenSource();
        var restarting = restart.RunAsync(fault, over.Token);
        Assert.Equal(TimeSpan.MaxValue, restart.DisksSafeAt);
        await over.CancelAsync();
        await restarting;
        Assert.Equal(["halt", "go"], await MarksAsync());
        Assert.True(restart.DisksSafeAt < TimeSpan.MaxValue);
    }

    [Fact]
    public async Task Heal_ItWasStopped_IsStartedOnce()
    {
        using var host = MockBroker(out var address);
        await using (var broker = new Broker(
            new GivenBroker(address, "echo halt", "echo go"), _folder.FullName, Patience))
        {
            await broker.HealAsync();
            await broker.StopAsync();
            await broker.HealAsync();
            await broker.HealAsync();
        }

        Assert.Equal(["halt", "go"], await MarksAsync());
    }

    [Theory]
    [InlineData("echo halt")]
    [InlineData("echo halt; exit 3")] // it may have stopped it all the same
    public async Task Dispose_RunFailedWhileItWasStopped_IsStarted(string stop)
    {
        await using (var broker = Given(stop, "echo go"))
        {
            var failure = await Record.ExceptionAsync(broker.StopAsync);
            Assert.Equal(stop.Contains("exit", StringComparison.Ordinal), failure is HarnessException);
        }

        Assert.Equal(["halt", "go"], await MarksAsync());
    }

    [Fact]
    public async Task Dispose_StartFails_IsTriedAgainAndIsQuiet()
    {
        var broker = Given("echo halt", "echo go; exit 1");
        await broker.StopAsync();
        await Assert.ThrowsAsync<HarnessException>(broker.HealAsync);
        await broker.DisposeAsync();
        Assert.Equal(["halt", "go", "go"], await MarksAsync());
    }

    [Fact]
    public async Task Dispose_NeverStopped_RunsNothing()
    {
        await Given("echo halt", "echo go").DisposeAsync();
        Assert.False(File.Exists(Log));
    }

    [Fact]
    public async Task Stop_CommandFails_NamesIt()
    {
        var failure = await Assert.ThrowsAsync<HarnessException>(Given("exit 3", "true").StopAsync);
        Assert.Equal($"SWITCH_TEST_KAFKA_STOP ended with 3; see {Log}", failure.Message);
    }

    [Fact]
    public async Task Start_CommandFails_NamesIt()
    {
        var failure = await Assert.ThrowsAsync<HarnessException>(Given("true", "no-such-program").StartAgainAsync);
        Assert.Equal($"SWITCH_TEST_KAFKA_START ended with 127; see {Log}", failure.Message);
    }

    [Fact]
    public async Task Stop_CommandDoesNotReturn_NamesIt()
    {
        // Reads a pipe that nobody writes to.
        var broker = Given("mkfifo pipe; exec cat pipe", "true", TimeSpan.FromSeconds(1));
        var failure = await Assert.ThrowsAsync<HarnessException>(broker.StopAsync);
        Assert.Equal($"SWITCH_TEST_KAFKA_STOP did not end within 1 s; see {Log}", failure.Message);
    }

    [Fact]
    public async Task Start_BrokerDoesNotAnswer_SaysSo()
    {
        var broker = Given("true", "true", TimeSpan.FromSeconds(1));
        var failure = await Assert.ThrowsAsync<HarnessException>(broker.StartAgainAsync);
        Assert.Equal("the broker does not answer at 127.0.0.1:1 after SWITCH_TEST_KAFKA_START", failure.Message);
    }

    private Task<string[]> MarksAsync() => File.ReadAllLinesAsync(Log, TestContext.Current.CancellationToken);

    // Nobody listens on port 1.
    private Broker Given(string? stop, string? start, TimeSpan? patience = null) =>
        new(new GivenBroker("127.0.0.1:1", stop, start), _folder.FullName, patience ?? Patience);

    private static IProducer<Null, Null> MockBroker(out string address)
    {
        var config = new ProducerConfig { BootstrapServers = "127.0.0.1:1" };
        // The broker lives inside this producer.
        config.Set("test.mock.num.brokers", "1");
        var host = new ProducerBuilder<Null, Null>(config).SetLogHandler(static (_, _) => { }).Build();
        using var admin = new DependentAdminClientBuilder(host.Handle).Build();
        var broker = admin.GetMetadata(Patience).Brokers[0];
        address = $"{broker.Host}:{broker.Port}";
        return host;
    }
}
