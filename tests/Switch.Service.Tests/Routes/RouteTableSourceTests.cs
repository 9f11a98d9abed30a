using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Switch.Routing;
using Switch.Service.Routes;

namespace Switch.Service.Tests.Routes;

public sealed class RouteTableSourceTests : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(5);

    private readonly RouteFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLogger<RouteTableSource> _log = new();

    public void Dispose() => _folder.Dispose();

    private RouteTableSource Open(string path, TimeProvider? time = null, params string[] links) => new(
        new RoutesOptions { File = path, PollInterval = PollInterval },
        links.Length == 0 ? null : links,
        time ?? _time,
        _log);

    private static string Renamed(string rule) => RouteFolder.Good.Replace("euros", rule, StringComparison.Ordinal);

    [Fact]
    public void Start_GoodFile_TableOneInUse()
    {
        using RouteTableSource source = Open(_folder.Write(RouteFolder.Good));
        Assert.Equal(1, source.Current.Version);
        Assert.Equal((0L, 0L), (source.ReloadsAccepted, source.ReloadsRefused));
        Assert.Empty(source.LastFaults);
        Assert.Equal(3000, Assert.Single(_log.Entries).Id);
    }

    [Fact]
    public void Start_FileWithFaults_ThrowsThemAll()
    {
        string path = _folder.Write(RouteFolder.Good
            .Replace("EUR", "EURO", StringComparison.Ordinal)
            .Replace("priority: alpha", "priority: gamma", StringComparison.Ordinal)
            .Replace("bin: 4", "bin: x", StringComparison.Ordinal));
        RoutesRefusedException refused = Assert.Throws<RoutesRefusedException>(() => Open(path));
        Assert.Equal([7, 10, 13], refused.Faults.Select(static fault => fault.Line.Line));
        Assert.Contains("routes.yaml:10: rules[0].when.currency[0]: 'EURO'", refused.Message, StringComparison.Ordinal);
        Assert.Contains(path, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_UnreadableParts_OnlyTheirCauseIsReported()
    {
        string path =
            _folder.Write(RouteFolder.Good.Replace("  priority: alpha", "  - alpha", StringComparison.Ordinal));
        RouteFault fault = Assert.Single(Assert.Throws<RoutesRefusedException>(() => Open(path)).Faults);
        Assert.Equal("routes.yaml:13: fallback: a mapping is needed, not a list", fault.ToString());
    }

    [Fact]
    public void Start_AbsentFile_Throws()
    {
        RouteFault fault = Assert.Single(
            Assert.Throws<RoutesRefusedException>(() => Open(_folder.PathOf("absent.yaml"))).Faults);
        Assert.Contains("cannot be read", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_AcquirerWithoutLink_Throws() => Assert.Contains(
        "the acquirer 'beta' has no link",
        Assert.Throws<RoutesRefusedException>(() => Open(_folder.Write(RouteFolder.Good), null, "alpha")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Look_ChangedFile_NextVersionInUse()
    {
        string path = _folder.Write(RouteFolder.Good);
        using RouteTableSource source = Open(path, null, "beta", "alpha");
        Assert.False(source.Look());

        _folder.Write(Renamed("renamed"));
        Assert.True(source.Look());

        Assert.Equal(2, source.Current.Version);
        Assert.Equal(["renamed"], source.Current.RuleNames);
        Assert.Equal(["beta", "alpha"], source.Current.AcquirerNames);
        Assert.Equal((1L, 0L), (source.ReloadsAccepted, source.ReloadsRefused));
        Assert.False(source.Look());
    }

    [Fact]
    public void Look_FileWithFaults_OldTableStaysAndFaultsAreToldOnce()
    {
        string path = _folder.Write(RouteFolder.Good);
        using RouteTableSource source = Open(path);
        RouteTable before = source.Current;

        _folder.Write(RouteFolder.Good.Replace("EUR", "EURO", StringComparison.Ordinal));
        Assert.False(source.Look());
        Assert.False(source.Look());

        Assert.Same(before, source.Current);
        Assert.Equal((0L, 1L), (source.ReloadsAccepted, source.ReloadsRefused));
        Assert.Equal(10, Assert.Single(source.LastFaults).Line.Line);
        Assert.Equal([3000, 3001, 3002], _log.Entries.Select(static entry => entry.Id));
        Assert.Equal(LogLevel.Error, _log.Entries[^1].Level);
        Assert.Contains("routes.yaml:10", _log.Entries[^1].Text, StringComparison.Ordinal);

        _folder.Write(Renamed("repaired"));
        Assert.True(source.Look());
        Assert.Equal(2, source.Current.Version);
        Assert.Empty(source.LastFaults);
    }

    [Fact]
    public void Look_FileGone_OldTableStays()
    {
        string path = _folder.Write(RouteFolder.Good);
        using RouteTableSource source = Open(path);
        File.Delete(path);
        Assert.False(source.Look());
        Assert.Equal(1, source.Current.Version);
        Assert.Contains("cannot be read", Assert.Single(source.LastFaults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Look_BinRangesFileChanged_NextVersionInUse()
    {
        _folder.Write("low,high,scheme,country,funding\n400000,400000,visa,FR,debit\n", "bins.csv");
        using RouteTableSource source = Open(_folder.Write(RouteFolder.Good + "bin_ranges_file: bins.csv\n"));
        Assert.Equal(2, source.Current.BinRangeCount);
        Assert.False(source.Look());

        _folder.Write("low,high,scheme,country,funding\n", "bins.csv");
        Assert.True(source.Look());
        Assert.Equal(1, source.Current.BinRangeCount);
        Assert.False(source.Look());
    }

    [Fact]
    public void Poll_SymbolicLinkSwapped_NextVersionInUse()
    {
        // As Kubernetes does: the file is a link into a folder that is itself a link, and only the latter is replaced.
        Directory.CreateDirectory(_folder.PathOf("data-1"));
        Directory.CreateDirectory(_folder.PathOf("data-2"));
        _folder.Write(RouteFolder.Good, "data-1/routes.yaml");
        _folder.Write(Renamed("swapped"), "data-2/routes.yaml");
        Directory.CreateDirectory(_folder.PathOf("mount"));
        Directory.CreateSymbolicLink(_folder.PathOf("data"), _folder.PathOf("data-1"));
        File.CreateSymbolicLink(_folder.PathOf("mount/routes.yaml"), _folder.PathOf("data/routes.yaml"));
        using RouteTableSource source = Open(_folder.PathOf("mount/routes.yaml"));

        Directory.Delete(_folder.PathOf("data"));
        Directory.CreateSymbolicLink(_folder.PathOf("data"), _folder.PathOf("data-2"));
        _time.Advance(PollInterval);

        Assert.Equal(["swapped"], source.Current.RuleNames);
    }

    [Fact]
    public void Poll_AfterDispose_LooksNoMore()
    {
        RouteTableSource source = Open(_folder.Write(RouteFolder.Good));
        source.Dispose();
        _folder.Write(Renamed("too-late"));
        _time.Advance(PollInterval * 3);
        Assert.Equal(["euros"], source.Current.RuleNames);
    }

    [Fact]
    public async Task Watch_FileRenamedOver_InUseLongBeforeThePoll()
    {
        string path = _folder.Write(RouteFolder.Good);
        // Written before anybody watches, so that the rename is the only change to be seen.
        string replacement = _folder.Write(Renamed("moved"), "routes.yaml.new");
        var options = new RoutesOptions { File = path, PollInterval = TimeSpan.FromMinutes(10) };
        using var source = new RouteTableSource(options, null, TimeProvider.System, _log);

        File.Move(replacement, path, overwrite: true);

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (source.Current.Version == 1)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
        Assert.Equal(["moved"], source.Current.RuleNames);
    }

    [Fact]
    public async Task Look_FromManyThreads_EachChangeCountsOnce()
    {
        string path = _folder.Write(RouteFolder.Good);
        using RouteTableSource source = Open(path);
        for (int round = 0; round < 20; round++)
        {
            _folder.Write(Renamed($"round-{round}"));
            bool[] changed = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(source.Look)));
            Assert.Single(changed, true);
            Assert.Equal(round + 2, source.Current.Version);
        }
        Assert.Equal(20, source.ReloadsAccepted);
    }
}
