using System.Data.Common;
using Switch.Settlement.Hosting;
using Switch.Settlement.Store;

namespace Switch.Settlement.Consuming;

/// <summary>Opens the store once for the whole program, and waits for one that is away.</summary>
internal sealed class StoreOpening(SettlementOptions options, TimeProvider time, ILogger<StoreOpening> logger)
    : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private SettlementDatabase? _database;

    /// <exception cref="StoreRefusedException">It can't be used as it is.</exception>
    public async Task<SettlementDatabase> OpenAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            while (_database is null)
            {
                try
                {
                    _database = SettlementDatabase.Open(options.Database);
                }
                catch (DbException e)
                {
                    ConsumingLog.StoreAway(logger, e.Message, options.Batch.RetryMax);
                    await Task.Delay(options.Batch.RetryMax, time, cancellationToken);
                }
            }

            return _database;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose()
    {
        _database?.Dispose();
        _one.Dispose();
    }
}
