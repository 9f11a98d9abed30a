using Microsoft.Extensions.ObjectPool;

namespace Switch.Service.Keys;

/// <summary>
/// The epochs of one process, each with one caller at a time: an AES object of .NET serves one thread, and so does a
/// counter of nonces. In use are as many as threads seal at once; at rest lie two for each processor at most. One that
/// is spent, too old or too many is disposed, and its key with it, by the caller that has it.
/// </summary>
internal sealed class SealEpochs(SwitchKey key, TimeProvider time, int sealsMax)
{
    private readonly ObjectPool<SealEpoch> _pool =
        new DefaultObjectPoolProvider().Create(new Policy(key, time, sealsMax));

    /// <summary>An epoch that may seal once more; the caller gives it back with <see cref="Return"/>.</summary>
    public SealEpoch Take()
    {
        var epoch = _pool.Get();
        // Ends: once the pool is empty it makes a new one.
        while (epoch.IsOld)
        {
            epoch.Dispose();
            epoch = _pool.Get();
        }

        return epoch;
    }

    /// <summary>Gives an epoch back; the caller does not touch it again.</summary>
    public void Return(SealEpoch epoch) => _pool.Return(epoch);

    private sealed class Policy(SwitchKey key, TimeProvider time, int sealsMax) : PooledObjectPolicy<SealEpoch>
    {
        public override SealEpoch Create() => new(key, time, sealsMax);

        // What is not taken back the pool disposes.
        public override bool Return(SealEpoch epoch) => !epoch.IsSpent;
    }
}
