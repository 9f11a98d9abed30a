using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Switch.Settlement.Webhooks;

/// <summary>Makes one attempt: signs, posts and judges the answer, of whose body nothing is kept.</summary>
internal sealed class DeliverySender : IDisposable
{
    private readonly HttpClient _client;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    public DeliverySender(HttpMessageHandler handler, WebhookOptions options, TimeProvider time)
    {
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _timeout = options.Timeout;
        _time = time;
    }

    /// <summary>Sends a message. Never throws for what the receiver does.</summary>
    /// <param name="url">The endpoint's.</param>
    /// <param name="message">What is sent.</param>
    /// <param name="secrets">What signs, newest first.</param>
    /// <param name="cancel">Gives the attempt up.</param>
    public async Task<AttemptResult> SendAsync(
        string url, WebhookMessage message, IReadOnlyList<WebhookSecret> secrets, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
        using var request = Request(url, message, secrets);
        try
        {
            using var response = await _client.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return Judge(response);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new AttemptResult(AttemptKind.Failed, Reason: $"no answer in {_timeout.TotalSeconds:0} s");
        }
        catch (HttpRequestException e)
        {
            return new AttemptResult(AttemptKind.Failed, Reason: ReasonOf(e));
        }
    }

    public void Dispose() => _client.Dispose();

    private HttpRequestMessage Request(string url, WebhookMessage message, IReadOnlyList<WebhookSecret> secrets)
    {
        var now = _time.GetUtcNow();
        var content = new ReadOnlyMemoryContent(message.Body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
        request.Headers.Add(WebhookSignature.IdHeader, message.Id);
        request.Headers.Add(
            WebhookSignature.TimestampHeader,
            now.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture));
        request.Headers.Add(
            WebhookSignature.SignatureHeader, WebhookSignature.Sign(secrets, message.Id, now, message.Body.Span));
        request.Headers.UserAgent.ParseAdd("cardswitch-webhooks/1");
        return request;
    }

    private AttemptResult Judge(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode) return new AttemptResult(AttemptKind.Delivered, status);
        if (status == 410) return new AttemptResult(AttemptKind.Gone, status, "answered 410");
        var reason = $"answered {status}" + (status is >= 300 and < 400 ? "; redirects are not followed" : "");
        var after = response.Headers.RetryAfter;
        return new AttemptResult(AttemptKind.Failed, status, reason, after?.Delta ?? (after?.Date - _time.GetUtcNow()));
    }

    // Exceptions may quote what a receiver sent, so their text goes nowhere.
    private static string ReasonOf(HttpRequestException e)
    {
        for (Exception? cause = e; cause is not null; cause = cause.InnerException)
        {
            if (cause is TargetRefusedException refused) return refused.Message;
            if (cause is AuthenticationException) return "TLS failed: certificate or protocol not acceptable";
            if (cause is not SocketException { SocketErrorCode: var code }) continue;
            return code is SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain
                ? "the host's name could not be resolved"
                : $"no connection: {code}";
        }

        return e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded
            ? "the answer's head was too long"
            : "the answer was broken off or is no HTTP";
    }
}
