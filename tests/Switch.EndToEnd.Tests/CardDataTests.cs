using System.Text;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Switch.Contracts.V1;
using Switch.Iso8583;
using Switch.Sandbox;
using Switch.Service.Cards;
using Switch.Simulator;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>
/// No card data leaks (G6): cards that exist nowhere else go through every flow; then everything that left the memory
/// of the switch is searched for every datum of theirs, in every form. A dump of the process is out of scope.
/// </summary>
public sealed class CardDataTests : IDisposable
{
    private const string SeedVariable = "SWITCH_TEST_SEED";
    private const int SightingsShown = 200;

    private readonly string _folder = Directory.CreateTempSubdirectory("switch-canary-").FullName;
    private readonly CardDataEvidence _evidence = new();
    private readonly ActivityRecorder _spans = new();
    private readonly LogCapture _log = new();
    private readonly int _seed;
    private readonly CanaryCards _cards;

    public CardDataTests()
    {
        var given = Environment.GetEnvironmentVariable(SeedVariable);
        _seed = int.TryParse(given, out var seed) ? seed : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {_seed}");
        _cards = new CanaryCards(_seed);
    }

    private string JournalPath => Path.Combine(_folder, "journal.db");

    public void Dispose()
    {
        _spans.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task G6_EveryFlow_LeavesNoCardDataAnywhere()
    {
        await using (var test = await StartAsync([]))
        {
            test.Sandbox.Alpha.Scenario = Scenario.Parse(CanaryFlows.Scenario);
            var flows = new CanaryFlows(test, _cards, _evidence);
            await flows.AnswersAsync();
            await flows.InvalidRequestsAsync();
            await flows.MisplacedAsync();
            await flows.AcquirerFaultsAsync();
            await flows.AftermathAsync();
            await flows.StreamAsync();
            await _evidence.AddRedisAsync(test.Sandbox.Store);
            await flows.UnexpectedAsync();

            await Eventually.TrueAsync(
                () => test.Journal.OutboxDepth == 0, "an empty outbox", TimeSpan.FromSeconds(20),
                TestContext.Current.CancellationToken);
            _evidence.AddKafka(test.Sandbox.Broker);
            await _evidence.AddMetricsAsync(test.Sandbox.Management, TestContext.Current.CancellationToken);
            AddDisk();
            await test.Sandbox.StopSwitchAsync();
        }

        // Stopping writes too, and folds the write-ahead log into the file.
        AddDisk();
        AddPrints();
        AssertClean("log event 1104", "log event 1102", "Redis value", "Kafka value", "Kafka header ce_id", "metrics",
            "file journal.db", "file journal.db-wal", "file journal.db-shm", "journal intent.detail",
            "journal advice.detail", "span attempt", "answer on a stream", "refusal of cut EMV, status as text");
    }

    [Fact]
    public async Task G6_StoreBrokerAndJournalFail_LeavesNoCardDataAnywhere()
    {
        using var store = new EmbeddedStore();
        var settings = new[] { ("Switch:Shutdown:Grace", (string?)"00:00:01") };
        await using (var test = await StartAsync(settings, store.Address, kafka: "127.0.0.1:1"))
        {
            test.Sandbox.Alpha.Scenario = Scenario.Parse(CanaryFlows.Scenario);
            var flows = new CanaryFlows(test, _cards, _evidence);
            await flows.ExpectAsync("00", "no broker", flows.Chip("no broker"));
            await flows.ExpectAsync("68", "no broker, in doubt", flows.Chip("no broker, in doubt", 9601));
            AddDisk();

            // The disk goes while an acquirer is being asked: what was sent can't be recorded.
            test.Sandbox.Beta.HoldAnswers();
            var lost = flows.SendAsync("no outcome", flows.AmexChip("no outcome"));
            await test.OpenIntentsAsync(1);
            await test.Journal.DisposeAsync();
            test.Sandbox.Beta.ReleaseAnswers();
            Assert.Equal("Aborted", await lost);
            await flows.ExpectAsync("Unavailable", "no journal", flows.Chip("no journal"));
            await _evidence.AddRedisAsync(store.Address);

            store.Dispose();
            var refused = flows.Chip("no store");
            await flows.ExpectAsync("Unavailable", "no store", refused);
            await flows.ReverseAsync(refused);
            await flows.AskAsync(new GetTransactionRequest { Key = Payments.KeyOf(refused) });
            await _evidence.AddMetricsAsync(test.Sandbox.Management, TestContext.Current.CancellationToken);
        }

        AddDisk();
        AssertClean("log event 1101", "journal outbox.payload", "journal advice.detail", "journal intent.detail",
            "Redis value", "file journal.db", "refusal of no store, status as text", "metrics");
    }

    [Fact]
    public async Task IdempotencyKey_WithTheCardNumber_IsRefused_AndNothingIsStored()
    {
        await using var test = await StartAsync([]);
        var request = Payments.Purchase(key: $"till-7.{Payments.Visa}");

        var (code, reason, error) = await test.RefusedAsync(request);

        Assert.Equal((StatusCode.InvalidArgument, "INVALID_REQUEST"), (code, reason));
        var fault = Assert.Single(error.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>().FieldViolations);
        Assert.Equal(("idempotency_key", "must not hold the card number"), (fault.Field, fault.Description));
        Assert.Empty(test.Sandbox.Alpha.Ledger.Entries());
    }

    // With a folder of its own, so that the files are still there when the switch has stopped.
    private Task<SwitchUnderTest> StartAsync(
        (string Path, string? Value)[] configuration, string? redis = null, string? kafka = null)
    {
        var settings = new SandboxSettings
        {
            PreferFixedPorts = false,
            StateFolder = _folder,
            Redis = redis,
            Kafka = kafka,
            Logging = logging => logging.AddProvider(_log).SetMinimumLevel(LogLevel.Trace),
            Configuration = SwitchUnderTest.Configured(
                [
                    ("Switch:Acquirers:alpha:ReplyTimeout", "00:00:01"),
                    // Its answers are held until a test has seen what it wants to see.
                    ("Switch:Acquirers:beta:ReplyTimeout", "00:00:15"),
                    // The flows with faults follow each other: the breaker would send the rest to beta.
                    ("Switch:Acquirers:alpha:BreakerFailures", "1000"),
                    .. configuration,
                ]),
        };
        return SwitchUnderTest.StartAsync(settings, _log);
    }

    private void AddDisk()
    {
        _evidence.AddRows(JournalPath);
        _evidence.AddFiles(_folder);
    }

    // What prints itself, because some day somebody logs it.
    private void AddPrints()
    {
        var card = _cards.Next("print");
        Assert.True(Pan.TryParse(card.Pan, out var pan, out _));
        Assert.True(Track2.TryParse(card.Track2, out var track2, out _));
        Assert.True(EmvData.TryCreate(card.Emv, out var emv, out _));
        _evidence.Add("printed", $"{pan} {track2} {track2.Expiry} {emv} {pan:G} {pan.FirstSix} {pan.LastFour}");
        _evidence.Add("printed contract", card.Chip().ToString());
        foreach (var dialect in (string[])["iso1987-ascii", "iso1987-binary"])
        {
            var buffer = IsoBuffer.Rent(IsoDialect.Resolve(dialect));
            var writer = new IsoWriter(buffer, Mti.AuthorizationRequest);
            writer.Text(2, card.Pan);
            writer.Text(35, card.Track2);
            writer.Bytes(52, card.PinBlock);
            writer.Bytes(55, card.Emv);
            Assert.True(writer.TryComplete(out _));
            _evidence.Add("printed ISO message", buffer.ToString());
            buffer.Dispose();
        }
    }

    private void AssertClean(params string[] places)
    {
        _evidence.AddLog(_log);
        _evidence.AddActivities(_spans);
        // Proof that there was something to search: every place that has to hold something does.
        Assert.Empty(places.Except(_evidence.Places.Distinct()));
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{_evidence.Places.Count()} pieces, {_evidence.Bytes} bytes, {_cards.Search.Forms} forms");
        var found = _evidence.Search(_cards.Search);
        if (found.Count == 0) return;
        var report = new StringBuilder($"card data leaked (seed {_seed}):\n");
        // One line a place and secret: the same number shows in many forms at once.
        foreach (var sighting in found.DistinctBy(s => (s.Where, s.Secret)).Take(SightingsShown))
            report.Append(sighting).Append('\n');
        Assert.Fail(report.ToString());
    }
}
