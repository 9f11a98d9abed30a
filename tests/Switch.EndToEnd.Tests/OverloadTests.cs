using System.Net.Sockets;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Switch.Contracts.V1;
using Switch.Service.Authorization;
using Switch.Simulator;
using Switch.Testing;

namespace Switch.EndToEnd.Tests;

/// <summary>
/// Past the in-flight bound calls are turned away while those inside are still under way, and they are turned away, not
/// kept waiting, on a client's only connection too (G7).
/// </summary>
public sealed class OverloadTests
{
    private const int InFlightMax = 8;
    private const int Calls = 32;

    [Fact]
    public async Task PastTheBound_OnOneConnection_CallsAreRefusedWhileTheOthersAreInside_AndThenOneIsTakenAtOnce()
    {
        var token = TestContext.Current.CancellationToken;
        await using var test = await StartAsync();
        var read = test.Sandbox.Alpha.Counters.Messages;
        var connections = 0;
        using var channel = OneConnection(test.Sandbox.Terminals, () => Interlocked.Increment(ref connections));
        var client = new AuthorizationService.AuthorizationServiceClient(channel);

        var calls = Enumerable.Range(0, Calls)
            .Select(_ => client.AuthorizeAsync(Payments.Purchase(1290), cancellationToken: token).ResponseAsync)
            .ToList();
        await Eventually.TrueAsync(
            () => calls.Count(static call => call.IsCompleted) == Calls - InFlightMax, "the refusals",
            cancellationToken: token);

        Assert.Equal(InFlightMax, test.Sandbox.SwitchServices.GetRequiredService<InFlightGate>().InFlight);
        Assert.Equal(1, connections);
        foreach (var refused in calls.Where(static call => call.IsCompleted)) AssertShed(await FailureOf(refused));

        await EndThoseInsideAsync(test, read);
        var answers = await Task.WhenAll(calls.Where(static call => !call.IsFaulted));
        Assert.Equal(InFlightMax, answers.Length);
        Assert.All(answers, answer => Assert.Equal("68", answer.ResponseCode));
        var next = await client.AuthorizeAsync(Payments.Purchase(100), cancellationToken: token);
        Assert.Equal(Outcome.Approved, next.Outcome);
    }

    [Fact]
    public async Task PastTheBound_OnAStream_RequestsAreRefusedInPlace_AndItLivesOn()
    {
        var token = TestContext.Current.CancellationToken;
        await using var test = await StartAsync();
        var read = test.Sandbox.Alpha.Counters.Messages;
        using var call = test.Client.AuthorizeStream(cancellationToken: token);

        for (var i = 0; i < Calls; i++) await SendAsync(Payments.Purchase(1290));
        var answers = new List<AuthorizeStreamResponse>();
        while (answers.Count < Calls - InFlightMax) answers.Add(await ReadAsync());
        Assert.All(answers, answer =>
        {
            Assert.Equal((int)StatusCode.ResourceExhausted, answer.Error.Code);
            Assert.Equal("OVERLOADED", answer.Error.GetDetail<ErrorInfo>().Reason);
            Assert.NotNull(answer.Error.GetDetail<RetryInfo>());
        });

        await EndThoseInsideAsync(test, read);
        for (var i = 0; i < InFlightMax; i++) Assert.Equal("68", (await ReadAsync()).Response.ResponseCode);
        await SendAsync(Payments.Purchase(100));
        Assert.Equal(Outcome.Approved, (await ReadAsync()).Response.Outcome);
        await call.RequestStream.CompleteAsync();

        Task SendAsync(AuthorizeRequest request) =>
            call.RequestStream.WriteAsync(new AuthorizeStreamRequest { Request = request }, token);

        async Task<AuthorizeStreamResponse> ReadAsync() =>
            await call.ResponseStream.MoveNext(token) ? call.ResponseStream.Current : throw new EndOfStreamException();
    }

    [Fact]
    public async Task PastTheBoundOfConnections_ANewOneIsClosed_AndTheProbesAnswer()
    {
        const int connectionsMax = 4;
        var token = TestContext.Current.CancellationToken;
        await using var test = await SwitchUnderTest.StartAsync(("Switch:Limits:ConnectionsMax", $"{connectionsMax}"));
        var door = new Uri(test.Sandbox.Terminals);
        var clients = new List<TcpClient>();
        try
        {
            for (var i = 0; i <= connectionsMax; i++)
            {
                clients.Add(new TcpClient(door.Host, door.Port));
                Assert.Equal(i < connectionsMax, await IsGreetedAsync(clients[i], token));
            }

            using var http = new HttpClient();
            Assert.NotEmpty(await http.GetStringAsync(new Uri($"{test.Sandbox.Management}/metrics"), token));
        }
        finally
        {
            clients.ForEach(static client => client.Dispose());
        }
    }

    // HTTP/2's preface and empty settings; a server that takes the connection sends its own.
    private static async Task<bool> IsGreetedAsync(TcpClient client, CancellationToken token)
    {
        try
        {
            await client.GetStream().WriteAsync(
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0"u8.ToArray(), token);
            return await client.GetStream().ReadAsync(new byte[1], token) > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    // Alpha never answers, and has a minute for it: whoever is inside stays there until the test lets it go.
    private static async Task<SwitchUnderTest> StartAsync()
    {
        var test = await SwitchUnderTest.StartAsync(
            ("Switch:Limits:InFlightMax", $"{InFlightMax}"),
            ("Switch:Acquirers:alpha:ReplyTimeout", "00:01:00"),
            ("Switch:Redis:Lease", "00:02:00"));
        test.Sandbox.Alpha.Scenario = Scenario.Parse("rules: [{ when: { amount: 1290 }, then: silent }]");
        return test;
    }

    // Broken off after alpha has read them they are in doubt: answered 68, and reversed.
    private static async Task EndThoseInsideAsync(SwitchUnderTest test, long readBefore)
    {
        await Eventually.TrueAsync(
            () => test.Sandbox.Alpha.Counters.Messages >= readBefore + InFlightMax, "alpha has read them all",
            cancellationToken: TestContext.Current.CancellationToken);
        test.Sandbox.Alpha.DropConnections();
    }

    private static void AssertShed(RpcException error)
    {
        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
        Assert.Equal("OVERLOADED", error.GetRpcStatus()!.GetDetail<ErrorInfo>().Reason);
        Assert.NotNull(error.GetRpcStatus()!.GetDetail<RetryInfo>());
    }

    private static async Task<RpcException> FailureOf(Task<AuthorizeResponse> call) =>
        await Assert.ThrowsAsync<RpcException>(() => call);

    private static GrpcChannel OneConnection(string address, Action connected) =>
        GrpcChannel.ForAddress(address, new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                EnableMultipleHttp2Connections = false,
                ConnectCallback = async (context, token) =>
                {
                    connected();
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                    await socket.ConnectAsync(context.DnsEndPoint, token);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            },
            DisposeHttpClient = true,
        });
}
