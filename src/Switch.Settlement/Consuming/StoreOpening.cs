using System.Data.Common;
using Switch.Settlement.Hosting;
using Switch.Settlement.Store;

namespace Switch.Settlement.Consuming;

/// <summary>Opens the store, and waits for one that is away.</summary>
internal static class StoreOpening
{
    /// <exception cref="StoreRefusedException">It can't be used as it is.</exception>
    /// <exception cref="OperationCanceledException">The program was stopped while the store was away.</exception>
    public static async Task<SettlementDatabase> OpenAsync(
        SettlementOptions options, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return SettlementDatabase.Open(options.Database);
            }
            catch (DbException e)
            {
                ConsumingLog.StoreAway(logger, e.Message, options.Batch.RetryMax);
                await Task.Delay(options.Batch.RetryMax, time, cancellationToken);
            }
        }
    }
}
