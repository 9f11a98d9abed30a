using Grpc.Core;
using Grpc.Net.Client;
using Switch.Contracts.V1;

namespace Switch.Sandbox;

/// <summary>One request of the demonstration, and what is done around it.</summary>
/// <param name="Sample">File name under samples/requests, without ".json".</param>
/// <param name="Story">What it shows.</param>
/// <param name="AlphaDown">The acquirer alpha is down while it is sent.</param>
internal sealed record DemonstrationStep(string Sample, string Story, bool AlphaDown = false);

/// <summary>What came back for one request.</summary>
internal sealed record DemonstrationResult(
    DemonstrationStep Step, AuthorizeRequest Request, AuthorizeResponse? Answer, RpcException? Error, TimeSpan Latency);

/// <summary>
/// A morning at the counter: sends the sample requests through the public gRPC API, one after the other.
/// </summary>
internal sealed class Demonstration
{
    private static readonly DemonstrationStep[] Steps =
    [
        new("01-visa-chip-purchase", "approved, chip and PIN"),
        new("02-mastercard-contactless", "approved, contactless"),
        new("03-amex-hotel-pre-authorization", "pre-authorization, routed by scheme"),
        new("04-jcb-yen-purchase", "a currency without minor units"),
        new("05-maestro-stripe", "magnetic stripe"),
        new("06-refund", "money back"),
        new("07-insufficient-funds", "declined by the issuer"),
        new("08-stolen-card", "declined by the issuer"),
        new("09-partial-approval", "half of it approved"),
        new("01-visa-chip-purchase", "a retry gets the first answer"),
        new("13-key-reused", "same key, another amount"),
        new("11-invalid-card", "every fault is named"),
        new("12-unknown-terminal", "not one of ours"),
        new("14-failover", "alpha is down, beta answers", AlphaDown: true),
        new("10-silent-acquirer", "no answer: reversed, then 68"),
    ];

    private readonly SandboxHost _sandbox;
    private readonly Samples _samples;
    private readonly TimeProvider _time;

    public Demonstration(SandboxHost sandbox, Samples samples, TimeProvider time)
    {
        _sandbox = sandbox;
        _samples = samples;
        _time = time;
    }

    public async Task<IReadOnlyList<DemonstrationResult>> RunAsync(CancellationToken cancellationToken)
    {
        using var channel = GrpcChannel.ForAddress(_sandbox.Terminals);
        var client = new AuthorizationService.AuthorizationServiceClient(channel);
        using var operations = GrpcChannel.ForAddress(_sandbox.Operations);
        var links = new LinkWatch(new OperationsService.OperationsServiceClient(operations), _time);
        await links.WaitUntilAsync(up: true, "alpha", cancellationToken);
        await links.WaitUntilAsync(up: true, "beta", cancellationToken);

        var results = new List<DemonstrationResult>();
        foreach (var step in Steps)
        {
            if (step.AlphaDown)
            {
                _sandbox.Alpha.Refuse();
                await links.WaitUntilAsync(up: false, "alpha", cancellationToken);
            }

            results.Add(await SendAsync(client, step, _samples.Request(step.Sample), cancellationToken));
            if (!step.AlphaDown) continue;
            _sandbox.Alpha.Accept();
            await links.WaitUntilAsync(up: true, "alpha", cancellationToken);
        }

        return results;
    }

    /// <summary>Sends one request and measures it as a terminal would.</summary>
    public static async Task<DemonstrationResult> SendAsync(
        AuthorizationService.AuthorizationServiceClient client, DemonstrationStep step, AuthorizeRequest request,
        CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        try
        {
            var deadline = time.GetUtcNow().UtcDateTime.AddSeconds(15);
            var answer = await client.AuthorizeAsync(request, deadline: deadline, cancellationToken: cancellationToken);
            return new DemonstrationResult(step, request, answer, null, time.GetElapsedTime(started));
        }
        catch (RpcException e) when (!cancellationToken.IsCancellationRequested)
        {
            return new DemonstrationResult(step, request, null, e, time.GetElapsedTime(started));
        }
    }
}
