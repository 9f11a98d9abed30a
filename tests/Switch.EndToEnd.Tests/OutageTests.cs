using System.Globalization;
using System.Net;
using Google.Rpc;
using Grpc.Core;
using Switch.Contracts.V1;
using Switch.Sandbox;
using Switch.Simulator;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>
/// Something is down or full: the switch says so at once, sends nothing it can't record, and recovers.
/// </summary>
public sealed class OutageTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("switch-outage-").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public async Task RedisDown_IsUnavailableWithRetryInfo_NothingIsSent_AndItRecovers()
    {
        var store = new EmbeddedStore();
        await using var test = await StartAsync(new SandboxSettings
        {
            PreferFixedPorts = false,
            Redis = store.Address,
            Configuration = SwitchUnderTest.Configured(("Switch:Redis:OperationTimeout", "00:00:00.300")),
        });
        Assert.Equal(Outcome.Approved, (await test.AuthorizeAsync(Payments.Purchase())).Outcome);
        store.Dispose();

        var (code, reason, error) = await test.RefusedAsync(Payments.Purchase());
        Assert.Equal((StatusCode.Unavailable, "STORE_UNAVAILABLE"), (code, reason));
        Assert.NotNull(error.GetRpcStatus()!.GetDetail<RetryInfo>());
        Assert.Single(test.Sandbox.Alpha.Ledger.Entries());
        Assert.Equal(0, test.Journal.OpenIntents);
        await Eventually.TrueAsync(
            async () => await ReadinessAsync(test) == HttpStatusCode.ServiceUnavailable, "unready",
            cancellationToken: TestContext.Current.CancellationToken);

        using var back = new EmbeddedStore(store.Port);
        Assert.Equal(store.Port, back.Port);
        await Eventually.TrueAsync(
            async () => await ReadinessAsync(test) == HttpStatusCode.OK, "ready again", TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken);
        Assert.Equal(Outcome.Approved, (await test.AuthorizeAsync(Payments.Purchase())).Outcome);
    }

    [Fact]
    public async Task KafkaDown_AuthorizationsGoOn_ThenTheOutboxIsFullAndSheds_AndARestartWithKafkaDrainsIt()
    {
        const int OutboxRowsMax = 30;
        const int Reversed = 4;
        var answers = new List<AuthorizeResponse>();
        (StatusCode Code, string Reason, RpcException Error) refused = default;
        await using (var down = await StartAsync(new SandboxSettings
        {
            PreferFixedPorts = false,
            StateFolder = _state,
            Kafka = "127.0.0.1:1",
            Configuration = SwitchUnderTest.Configured(
                ("Switch:Journal:OutboxRowsMax", OutboxRowsMax.ToString(CultureInfo.InvariantCulture)),
                ("Switch:Shutdown:Grace", "00:00:01")),
        }))
        {
            while (answers.Count < OutboxRowsMax && refused.Error is null)
            {
                try
                {
                    var request = Payments.Purchase();
                    answers.Add(await down.AuthorizeAsync(request));
                    if (answers.Count > Reversed) continue;
                    await down.Client.ReverseAsync(
                        Payments.ReverseOf(request), cancellationToken: TestContext.Current.CancellationToken);
                    await Eventually.TrueAsync(
                        () => down.Journal.PendingAdvices == 0, "the reversal is settled",
                        cancellationToken: TestContext.Current.CancellationToken);
                }
                catch (RpcException e)
                {
                    refused = (e.StatusCode, e.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason, e);
                }
            }

            Assert.InRange(answers.Count + 2 * Reversed, OutboxRowsMax / 2, OutboxRowsMax);
            Assert.Equal((StatusCode.Unavailable, "JOURNAL_UNAVAILABLE"), (refused.Code, refused.Reason));
            Assert.Equal(answers.Count - Reversed, down.Sandbox.Alpha.Ledger.UnreversedApprovals().Count);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadinessAsync(down));
        }

        await using var up = await StartAsync(new SandboxSettings
        {
            PreferFixedPorts = false,
            StateFolder = _state,
            Configuration = SwitchUnderTest.Configured(),
        });
        await Eventually.TrueAsync(
            () => up.Journal.OutboxDepth == 0, "an empty outbox", TimeSpan.FromSeconds(20),
            TestContext.Current.CancellationToken);
        using var tail = new EventTail(up.Sandbox.Broker, "payments.transaction.v1", TimeProvider.System);
        var expected = answers.SelectMany((answer, i) => IdsOf(answer, isReversed: i < Reversed)).ToList();
        var events = tail.ReadUntil(expected.ToHashSet(StringComparer.Ordinal), TimeSpan.FromSeconds(20));
        // In order for each key, which is what Kafka keeps; nothing twice, because nothing had been told before.
        Assert.Equal(expected.Count, events.Count);
        for (var i = 0; i < answers.Count; i++)
        {
            Assert.Equal(
                IdsOf(answers[i], isReversed: i < Reversed),
                events.Where(e => e.RootTransactionId == answers[i].TransactionId).Select(e => e.EventId));
        }

        // The store is another one too: new money waits until it is known that nobody else has records to put back.
        await Eventually.TrueAsync(
            async () => await ReadinessAsync(up) == HttpStatusCode.OK, "ready", TimeSpan.FromSeconds(30),
            TestContext.Current.CancellationToken);
        Assert.Equal(Outcome.Approved, (await up.AuthorizeAsync(Payments.Purchase())).Outcome);
    }

    [Fact]
    public async Task JournalFull_RefusesNewMoney_TurnsUnready_AndSendsNothing()
    {
        await using var test = await StartAsync(new SandboxSettings
        {
            PreferFixedPorts = false,
            Kafka = "127.0.0.1:1",
            Configuration = SwitchUnderTest.Configured(
                ("Switch:Journal:BytesMax", "1048576"),
                ("Switch:Shutdown:Grace", "00:00:01")),
        });

        RpcException? refused = null;
        var approved = 0;
        for (var i = 0; i < 2000 && refused is null; i++)
        {
            try
            {
                await test.AuthorizeAsync(Payments.Purchase());
                approved++;
            }
            catch (RpcException e)
            {
                refused = e;
            }
        }

        Assert.NotNull(refused);
        Assert.Equal("JOURNAL_UNAVAILABLE", refused.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason);
        Assert.Equal(approved, test.Sandbox.Alpha.Ledger.Entries().Count);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadinessAsync(test));
    }

    [Fact]
    public async Task Overload_PastTheInFlightBound_IsShedWithRetryInfo_AndRecoversAtOnce()
    {
        await using var test = await SwitchUnderTest.StartAsync(("Switch:Limits:InFlightMax", "4"));
        test.Sandbox.Alpha.Scenario = Scenario.Parse("defaults: { latency: { fixed: 1s } }");

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(async _ =>
        {
            try
            {
                return (
                    Answer: (AuthorizeResponse?)await test.AuthorizeAsync(Payments.Purchase()),
                    Error: (RpcException?)null);
            }
            catch (RpcException e)
            {
                return (Answer: (AuthorizeResponse?)null, Error: (RpcException?)e);
            }
        }));

        var shed = outcomes.Where(o => o.Error is not null).Select(o => o.Error!).ToList();
        Assert.Equal(36, shed.Count);
        Assert.All(shed, e => Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode));
        Assert.All(shed, e => Assert.Equal("OVERLOADED", e.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason));
        Assert.All(shed, e => Assert.NotNull(e.GetRpcStatus()!.GetDetail<RetryInfo>()));
        Assert.Equal(Outcome.Approved, (await test.AuthorizeAsync(Payments.Purchase())).Outcome);
    }

    private static IEnumerable<string> IdsOf(AuthorizeResponse answer, bool isReversed) =>
        (isReversed ? (string[])["authorized", "reversal_queued", "reversal_acknowledged"] : ["authorized"])
            .Select(type => $"{answer.TransactionId}.{type}");

    private static Task<SwitchUnderTest> StartAsync(SandboxSettings settings) =>
        SwitchUnderTest.StartAsync(settings, new LogCapture());

    private static async Task<HttpStatusCode> ReadinessAsync(SwitchUnderTest test)
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(
            new Uri($"{test.Sandbox.Management}/readyz"), TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
