namespace Switch.Service.Hosting;

/// <summary>The container's health check, for images without curl.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <summary>The exit status: 0 when the URL answers with success in time, 2 when the command is misused.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        if (args is not [var url])
        {
            await Console.Error.WriteLineAsync(
                "usage: healthcheck URL, for example healthcheck http://127.0.0.1:7401/readyz");
            return 2;
        }

        using var client = new HttpClient { Timeout = Timeout };
        try
        {
            using var response = await client.GetAsync(new Uri(url));
            return response.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception e) when (
            e is HttpRequestException or TaskCanceledException or UriFormatException or NotSupportedException)
        {
            await Console.Error.WriteLineAsync($"{url}: {e.Message}");
            return 1;
        }
    }
}
