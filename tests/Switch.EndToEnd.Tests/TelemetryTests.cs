using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Confluent.Kafka;
using Grpc.Core;
using Grpc.Health.V1;
using Switch.Contracts.V1;
using Switch.Simulator;
using Switch.Testing;
using Metadata = Grpc.Core.Metadata;

namespace Switch.EndToEnd.Tests;

/// <summary>What operators see: metrics, spans, event headers, and which port serves what.</summary>
[Collection(nameof(WholeProcessMetrics))]
public sealed class TelemetryTests : IAsyncLifetime
{
    private const string Scenarios =
        """
        rules:
          - { when: { amount: 9651 }, then: { code: "51" } }
          - { when: { amount: 9668 }, then: { silent: true } }
          - { when: { amount: 9650 }, then: { latency: 1s } }
        """;

    private static readonly string[] Stages =
        ["validate", "route", "claim", "journal_intent", "attempt", "journal_outcome", "complete"];

    // The labels of the metrics page and what they may say; a name that is not here may take few values all the same.
    private static readonly Dictionary<string, string[]> Closed = new()
    {
        ["stage"] = Stages,
        ["acquirer"] = ["", "alpha", "beta"],
        ["entry_mode"] =
            ["manual", "magnetic_stripe", "chip", "contactless", "fallback_stripe", "ecommerce", "unknown"],
        ["outcome"] =
        [
            "approved", "partially_approved", "declined_by_issuer", "declined_by_switch", "technical_failure",
            "replayed",
        ],
        ["db_system_name"] = ["redis"],
        ["messaging_system"] = ["kafka"],
        ["messaging_operation_name"] = ["send"],
        ["messaging_destination_name"] = ["payments.transaction.v1"],
    };

    private SwitchUnderTest _switch = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _switch = await SwitchUnderTest.StartAsync(
            ("Switch:Acquirers:alpha:ReplyTimeout", "00:00:01.500"), ("Switch:Limits:InFlightMax", "1"));
        _switch.Sandbox.Alpha.Scenario = Scenario.Parse(Scenarios);
    }

    public ValueTask DisposeAsync() => _switch.DisposeAsync();

    [Fact]
    public async Task Metrics_AfterEveryKindOfAnswer_AreComplete_AndTheirLabelsAreFew()
    {
        var approved = Payments.Purchase();
        var answer = await _switch.AuthorizeAsync(approved);
        await _switch.AuthorizeAsync(Payments.Purchase(9651));
        await _switch.AuthorizeAsync(Payments.Purchase(9668));
        approved.Amount.AmountMinor++;
        Assert.Equal(StatusCode.AlreadyExists, (await _switch.RefusedAsync(approved)).Code);
        var slow = _switch.AuthorizeAsync(Payments.Purchase(9650));
        await _switch.OpenIntentsAsync(1);
        Assert.Equal(StatusCode.ResourceExhausted, (await _switch.RefusedAsync(Payments.Purchase())).Code);
        await slow;

        var page = await CompletePageAsync();
        AssertLabelsAreFew(page);
        string[] never =
        [
            approved.MerchantId, approved.TerminalId, approved.IdempotencyKey, answer.TransactionId,
            answer.RetrievalReferenceNumber, Payments.Visa, Payments.Visa[..6], Payments.Visa[^4..],
        ];
        Assert.DoesNotContain(page, line => line.Labels.Values.Any(
            value => never.Any(secret => value.Contains(secret, StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Spans_OfACall_ContinueTheCallersTrace_ToKafka()
    {
        using var recorder = new ActivityRecorder("cardswitch", "Microsoft.AspNetCore");
        var (trace, caller) = (ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom());
        var metadata = new Metadata { { "traceparent", $"00-{trace}-{caller}-01" } };

        var answer = await _switch.Client.AuthorizeAsync(Payments.Purchase(), metadata, cancellationToken: Token);

        Activity[] spans = [];
        await Eventually.TrueAsync(
            () =>
            {
                spans = [.. recorder.Stopped.Where(span => span.TraceId == trace)];
                return spans.Any(span => span.Source.Name == "Microsoft.AspNetCore");
            },
            "the span of the call", cancellationToken: Token);
        var call = Assert.Single(spans, span => span.Source.Name == "Microsoft.AspNetCore");
        Assert.Equal(caller, call.ParentSpanId);
        var stages = spans.Where(span => span.Source.Name == "cardswitch").ToList();
        Assert.Equal(Stages, stages.OrderBy(span => span.StartTimeUtc).Select(span => span.OperationName));
        Assert.All(stages, span => Assert.Equal(call.SpanId, span.ParentSpanId));

        var e = Assert.Single(await _switch.EventsAsync(answer.TransactionId, "authorized"));
        var record = Assert.Single(
            KafkaRecords.ReadAll(_switch.Sandbox.Broker),
            r => Encoding.UTF8.GetString(r.Message.Key) == answer.TransactionId);
        AssertCloudEvent(record.Message.Headers, e, trace);
    }

    [Theory]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e4736-")]
    [InlineData("no-traceparent", null)]
    [InlineData(null, null)]
    public async Task Events_CarryTheCallersTrace_ThoughNobodyTracesHere_AndNoneThatIsMadeUp(
        string? sent, string? carried)
    {
        Metadata metadata = sent is null ? [] : new Metadata { { "traceparent", sent } };

        var answer = await _switch.Client.AuthorizeAsync(Payments.Purchase(), metadata, cancellationToken: Token);

        await _switch.EventsAsync(answer.TransactionId, "authorized");
        var record = Assert.Single(
            KafkaRecords.ReadAll(_switch.Sandbox.Broker),
            r => Encoding.UTF8.GetString(r.Message.Key) == answer.TransactionId);
        var isThere = record.Message.Headers.TryGetLastBytes("traceparent", out var told);
        Assert.Equal(carried is not null, isThere);
        if (carried is not null) Assert.StartsWith(carried, Encoding.UTF8.GetString(told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doors_ServeWhatTheyAreFor_AndNothingElse()
    {
        var health = new Health.HealthClient(_switch.Channel(_switch.Sandbox.Operations));
        foreach (var service in (string[])["", "live", "ready"])
        {
            var check = await health.CheckAsync(new HealthCheckRequest { Service = service }, cancellationToken: Token);
            Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, check.Status);
        }

        foreach (var path in (string[])["/livez", "/readyz", "/metrics"])
        {
            Assert.Equal(HttpStatusCode.OK, await GetAsync(_switch.Sandbox.Management + path, HttpVersion.Version11));
            foreach (var grpc in (string[])[_switch.Sandbox.Terminals, _switch.Sandbox.Operations])
                Assert.Equal(HttpStatusCode.NotFound, await GetAsync(grpc + path, HttpVersion.Version20));
        }

        var terminals = _switch.Channel(_switch.Sandbox.Terminals);
        await AssertUnimplementedAsync(() => new Health.HealthClient(terminals).CheckAsync(
            new HealthCheckRequest(), cancellationToken: Token).ResponseAsync);
        await AssertUnimplementedAsync(() => new OperationsService.OperationsServiceClient(terminals).ExplainRouteAsync(
            new ExplainRouteRequest(), cancellationToken: Token).ResponseAsync);
        var door = _switch.Channel(_switch.Sandbox.Operations);
        var operations = new AuthorizationService.AuthorizationServiceClient(door);
        await AssertUnimplementedAsync(
            () => operations.AuthorizeAsync(Payments.Purchase(), cancellationToken: Token).ResponseAsync);
        await AssertUnimplementedAsync(
            () => operations.ReverseAsync(new ReverseRequest(), cancellationToken: Token).ResponseAsync);
        await AssertUnimplementedAsync(
            () => operations.GetTransactionAsync(new GetTransactionRequest(), cancellationToken: Token).ResponseAsync);
        foreach (var method in (string[])["Authorize", "AuthorizeStream", "Reverse", "GetTransaction"])
            Assert.Equal(HttpStatusCode.NotFound, await PostToManagementAsync(method));
        Assert.Empty(_switch.Sandbox.Alpha.Ledger.Entries());
    }

    // Kafka's acknowledgement comes after the answer, and the exporter keeps a page for a moment.
    private async Task<IReadOnlyList<MetricsLine>> CompletePageAsync()
    {
        IReadOnlyList<MetricsLine> page = [];
        List<string> missing = [];
        try
        {
            await Eventually.TrueAsync(
                async () =>
                {
                    page = await MetricsPage.ReadAsync(_switch.Sandbox.Management, Token);
                    missing = [.. Expected().Where(e => !page.Any(line => line.Is(e.Name, e.Labels) && line.Value > 0))
                        .Select(e => $"{e.Name} {string.Join(' ', e.Labels)}")];
                    if (!page.Any(line => line.Is("cardswitch_outbox_lag", []))) missing.Add("cardswitch_outbox_lag");
                    return missing.Count == 0;
                },
                "every metric", cancellationToken: Token);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"missing: {string.Join("; ", missing)}\nof {string.Join('\n', page)}");
        }

        return page;
    }

    private static IEnumerable<(string Name, (string, string)[] Labels)> Expected()
    {
        foreach (var stage in Stages) yield return ("cardswitch_stage_duration_seconds_count", [("stage", stage)]);
        foreach (var outcome in (string[])["approved", "declined_by_issuer", "technical_failure"])
        {
            yield return ("cardswitch_authorization_duration_seconds_count",
                [("acquirer", "alpha"), ("outcome", outcome), ("entry_mode", "chip")]);
        }

        const string Calls = "rpc_server_call_duration_seconds_count";
        const string Method = "cardswitch.v1.AuthorizationService/Authorize";
        yield return (Calls, [("rpc_system_name", "grpc"), ("rpc_method", Method), ("rpc_response_status_code", "OK")]);
        yield return (Calls,
            [("rpc_method", Method), ("rpc_response_status_code", "ALREADY_EXISTS"), ("error_type", "ALREADY_EXISTS")]);
        yield return ("db_client_operation_duration_seconds_count", [("db_system_name", "redis")]);
        yield return ("messaging_client_sent_messages_total", [("messaging_system", "kafka")]);
        yield return ("messaging_client_operation_duration_seconds_count", [("messaging_operation_name", "send")]);
        yield return ("cardswitch_link_state", [("acquirer", "alpha")]);
        yield return ("cardswitch_link_rtt_seconds_count", [("acquirer", "alpha")]);
        yield return ("cardswitch_link_exchanges_total", [("acquirer", "alpha")]);
        yield return ("cardswitch_journal_commit_duration_seconds_count", []);
        yield return ("cardswitch_shed_total", []);
        yield return ("cardswitch_idempotency_key_reused_total", []);
    }

    private static void AssertLabelsAreFew(IReadOnlyList<MetricsLine> page)
    {
        const int ValuesMax = 32;
        var labels = page.SelectMany(line => line.Labels).Where(label => label.Key != "le");
        foreach (var label in labels.ToLookup(l => l.Key, l => l.Value))
        {
            if (Closed.TryGetValue(label.Key, out var allowed)) Assert.Empty(label.Distinct().Except(allowed));
            Assert.InRange(label.Distinct().Count(), 1, ValuesMax);
        }
    }

    private static void AssertCloudEvent(Headers headers, TransactionEvent e, ActivityTraceId trace)
    {
        var texts = headers.ToDictionary(h => h.Key, h => Encoding.UTF8.GetString(h.GetValueBytes()));
        Assert.StartsWith($"00-{trace}-", texts["traceparent"], StringComparison.Ordinal);
        texts.Remove("traceparent");
        const string Rfc3339 = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        Assert.Equal(e.TransactionId, e.RootTransactionId);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["content-type"] = "application/protobuf",
                ["ce_specversion"] = "1.0",
                ["ce_id"] = e.EventId,
                ["ce_type"] = "cardswitch.transaction.authorized.v1",
                ["ce_source"] = "/cardswitch/sandbox",
                ["ce_time"] = e.OccurredAt.ToDateTimeOffset().ToString(Rfc3339, CultureInfo.InvariantCulture),
            },
            texts);
    }

    private static async Task AssertUnimplementedAsync(Func<Task> call) =>
        Assert.Equal(StatusCode.Unimplemented, (await Assert.ThrowsAsync<RpcException>(call)).StatusCode);

    private static async Task<HttpStatusCode> GetAsync(string url, Version version)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, url)
        {
            Version = version,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await http.SendAsync(request, Token);
        return response.StatusCode;
    }

    private async Task<HttpStatusCode> PostToManagementAsync(string method)
    {
        using var http = new HttpClient();
        using var body = new ByteArrayContent([0, 0, 0, 0, 0]);
        body.Headers.ContentType = new("application/grpc");
        var url = new Uri($"{_switch.Sandbox.Management}/cardswitch.v1.AuthorizationService/{method}");
        using var response = await http.PostAsync(url, body, Token);
        return response.StatusCode;
    }
}
