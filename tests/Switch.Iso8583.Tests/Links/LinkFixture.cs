using System.Runtime.CompilerServices;

namespace Switch.Iso8583.Tests;

/// <summary>A link, its host and its observer, started and signed on.</summary>
internal sealed class LinkFixture : IAsyncDisposable
{
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    private LinkFixture(ScriptedHost host, IsoLinkOptions options, TimeProvider clock)
    {
        Host = host;
        options.Endpoints.Add(host.Endpoint);
        options.Dialect = host.Dialect;
        Link = new IsoLink(options, Observer, clock);
    }

    public ScriptedHost Host { get; }

    public RecordingObserver Observer { get; } = new();

    public IsoLink Link { get; }

    public static LinkFixture Create(
        IsoDialect? dialect = null, Action<IsoLinkOptions>? configure = null, TimeProvider? clock = null)
    {
        var options = new IsoLinkOptions
        {
            Connections = 1,
            ReconnectMin = TimeSpan.FromMilliseconds(5),
            ReconnectMax = TimeSpan.FromMilliseconds(50),
        };
        configure?.Invoke(options);
        var host = new ScriptedHost(dialect ?? IsoDialect.Ascii1987);
        return new LinkFixture(host, options, clock ?? TimeProvider.System);
    }

    public static async Task<LinkFixture> StartAsync(
        IsoDialect? dialect = null, Action<IsoLinkOptions>? configure = null, TimeProvider? clock = null)
    {
        var fixture = Create(dialect, configure, clock);
        fixture.Link.Start();
        await UntilAsync(() => fixture.Link.ConnectionsUp == fixture.Link.Options.Connections);
        return fixture;
    }

    public Task<ExchangeResult> SendAsync(
        int stan, TimeSpan? timeout = null, Mti? mti = null, int extraBytes = 0, TimeSpan? sendBy = null)
    {
        using var request = Request(stan, mti ?? Mti.AuthorizationRequest, extraBytes);
        return Link.ExchangeAsync(request, timeout ?? Long, sendBy).AsTask();
    }

    /// <summary>Bounds that a test that fills a socket does not meet.</summary>
    public static void Huge(IsoLinkOptions options)
    {
        options.MaxPending = 65_536;
        options.MaxQueued = 65_536;
        options.Breaker.ConsecutiveFailures = 10_000;
        options.Breaker.MinOutcomes = 1_000_000;
    }

    /// <summary>Sends until the host, which does not read, leaves a steady rest in the queue.</summary>
    public async Task<List<Task<ExchangeResult>>> FillUpAsync()
    {
        Host.PauseReading();
        var sent = new List<Task<ExchangeResult>>();
        while (Link.Queued < 200)
        {
            for (var i = 0; i < 50; i++)
                sent.Add(SendAsync(sent.Count + 1, TimeSpan.FromSeconds(5), extraBytes: 3000));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }

        return sent;
    }

    /// <summary>Waits for a condition; the test's own time limit is the only clock.</summary>
    public static async Task UntilAsync(
        Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Long);
        while (!condition())
        {
            if (limit.IsCancellationRequested) Assert.Fail($"never: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // A host that is gone answers no sign-off and a fake clock ends no wait: the host goes first.
        await Host.DisposeAsync();
        await Link.StopAsync(TimeSpan.Zero);
        await Link.DisposeAsync();
    }

    private IsoBuffer Request(int stan, Mti mti, int extraBytes)
    {
        var buffer = IsoBuffer.Rent(Host.Dialect);
        var writer = new IsoWriter(buffer, mti);
        writer.Text(2, Samples.Pan);
        writer.Number(3, 0);
        writer.Number(4, 100 + stan);
        writer.Text(7, "1123220318"u8);
        writer.Number(11, stan);
        writer.Text(37, $"6327221{stan % 100_000:D5}");
        writer.Text(41, "TERM0001"u8);
        for (var field = 60; extraBytes > 0 && field <= 63; field++, extraBytes -= 999)
            writer.Text(field, new string('x', Math.Min(extraBytes, 999)));
        Assert.True(writer.TryComplete(out var fault), fault.ToString());
        return buffer;
    }
}
