using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using StandardWebhooks;
using Switch.Settlement.Webhooks;

namespace Switch.Settlement.Tests.Webhooks;

/// <summary>What a receiver got.</summary>
internal sealed record ReceivedCall(IHeaderDictionary Headers, string Body, string Path)
{
    public string Id => Headers[WebhookSignature.IdHeader].ToString();

    /// <summary>Throws unless the independent library finds the signature good.</summary>
    public void Verify(WebhookSecret secret) => new StandardWebhook(secret.Reveal()).Verify(Body, Headers);

    public bool IsSignedWith(WebhookSecret secret) =>
        Record.Exception(() => Verify(secret)) is null;
}

/// <summary>A merchant's system: a real server on loopback that answers as the test says.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedCall> _calls = new();

    private WebhookReceiver(WebApplication app) => _app = app;

    /// <summary>Answers a call; 204 until a test sets another.</summary>
    public Func<ReceivedCall, HttpContext, Task> Answer { get; set; } = (_, context) => Status(context, 204);

    public IReadOnlyList<ReceivedCall> Calls => [.. _calls];

    public string Url { get; private set; } = "";

    /// <param name="certificate">With it https, else http.</param>
    public static async Task<WebhookReceiver> StartAsync(X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => Https(listen, certificate)));
        var receiver = new WebhookReceiver(builder.Build());
        receiver._app.Run(receiver.TakeAsync);
        await receiver._app.StartAsync(TestContext.Current.CancellationToken);
        receiver.Url = receiver._app.Urls.Single() + "/hook?key=in-the-url";
        return receiver;
    }

    public static Task Status(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void Https(ListenOptions listen, X509Certificate2? certificate)
    {
        if (certificate is not null) listen.UseHttps(certificate);
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var headers = new HeaderDictionary(context.Request.Headers.ToDictionary(h => h.Key, h => h.Value));
        var call = new ReceivedCall(headers, body, context.Request.Path);
        _calls.Enqueue(call);
        await Answer(call, context);
    }
}
