using System.Data.Common;
using Switch.Settlement.Store;

namespace Switch.Settlement.Webhooks;

/// <summary>Runs fan-out, delivery and the sweep of what is old, beside each other, until the program stops.</summary>
internal sealed class WebhookService(
    SettlementDatabase database,
    FanOut fanOut,
    DeliveryQueue queue,
    DeliveryWorker worker,
    WebhookOptions options,
    TimeProvider time,
    ILogger<WebhookService> logger) : BackgroundService
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        RepeatAsync("Fan-out of webhooks", fanOut.RunOnceAsync, options.PollInterval, stoppingToken),
        RepeatAsync("The sweep of webhooks", SweepAsync, SweepInterval, stoppingToken),
        Task.Run(() => worker.RunAsync(stoppingToken), CancellationToken.None));

    private async Task<long> SweepAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await queue.PurgeAsync(connection);
    }

    // Again at once while there is something to do.
    private async Task RepeatAsync(
        string work, Func<CancellationToken, Task<long>> step, TimeSpan pause, CancellationToken stop)
    {
        await Task.Yield();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (await step(stop) > 0) continue;
            }
            catch (DbException e)
            {
                WebhookLog.StoreAway(logger, e, pause);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                WebhookLog.WorkFailed(logger, e, work, pause);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(pause, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
