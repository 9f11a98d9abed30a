using System.Data.Common;
using Switch.Settlement.Hosting;
using Switch.Settlement.Store;

namespace Switch.Settlement.Consuming;

/// <summary>Opens the store, and waits for one that is away.</summary>
internal static class StoreOpening
{
    /// <exception cref="StoreRefusedException">It can't be used as it is, or has events of another topic.</exception>
    /// <exception cref="OperationCanceledException">The program was stopped while the store was away.</exception>
    public static async Task<SettlementDatabase> OpenAsync(
        SettlementOptions options, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return OpenedFor(options);
            }
            catch (DbException e)
            {
                ConsumingLog.StoreAway(logger, e.Message, options.Batch.RetryMax);
                await Task.Delay(options.Batch.RetryMax, time, cancellationToken);
            }
        }
    }

    private static SettlementDatabase OpenedFor(SettlementOptions options)
    {
        var database = SettlementDatabase.Open(options.Database);
        try
        {
            if (!options.Kafka.AllowOtherTopic) OtherTopics.Require(database, options.Kafka.Topic);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }
}
