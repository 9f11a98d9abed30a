using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using Switch.Service.Keys;

namespace Switch.Service.Tests.Keys;

/// <summary>No nonce is used twice under one key, and no derived key stays longer than its bounds.</summary>
public sealed class SealEpochTests
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Seal_ManyThreadsOverManyEpochs_NeverUsesANonceTwice()
    {
        const int Threads = 8;
        const int SealsEach = 10_000;
        const int SealsMax = 50;
        var sealer = new CardSealer(KeyFiles.Ring(), TimeProvider.System, SealsMax);
        var blobs = new ConcurrentBag<byte[]>();
        using var start = new Barrier(Threads);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                // One transaction, so that nothing but the counter tells its nonces apart.
                for (var i = 0; i < SealsEach; i++) blobs.Add(Seal(sealer));
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));

        Assert.Equal(Threads * SealsEach, blobs.Select(blob => Salt(blob) + Nonce(blob)).Distinct().Count());
        Assert.All(blobs, blob => Assert.InRange(Count(blob), 0, SealsMax - 1));
        Assert.All(blobs, blob => Assert.Equal(SealFault.None, sealer.Open(blob, Id, out _, out _)));
        var epochs = blobs.Select(Salt).Distinct().Count();
        Assert.True(epochs >= Threads * SealsEach / SealsMax, $"{epochs} epochs");
    }

    [Fact]
    public void Seal_PastTheBound_GoesOnUnderANewSaltAndCountsAnew()
    {
        var sealer = new CardSealer(KeyFiles.Ring(), _time, sealsMax: 3);
        var blobs = Enumerable.Range(0, 7).Select(_ => Seal(sealer)).ToList();
        Assert.Equal([3, 3, 1], blobs.GroupBy(Salt).Select(epoch => epoch.Count()));
        Assert.Equal([0, 1, 2, 0, 1, 2, 0], blobs.Select(Count));
    }

    [Fact]
    public void Seal_PastTheHour_GoesOnUnderANewSalt()
    {
        var sealer = new CardSealer(KeyFiles.Ring(), _time);
        var first = Seal(sealer);
        _time.Advance(SealEpoch.AgeMax - TimeSpan.FromMilliseconds(1));
        var second = Seal(sealer);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var third = Seal(sealer);
        Assert.Equal(Salt(first), Salt(second));
        Assert.NotEqual(Salt(first), Salt(third));
        Assert.Equal(0, Count(third));
        foreach (var blob in new[] { first, second, third })
            Assert.Equal(SealFault.None, sealer.Open(blob, Id, out _, out _));
    }

    [Fact]
    public void Seal_TwoSealersOfOneKeyFile_HaveSaltsOfTheirOwn()
    {
        var salts = Enumerable.Range(0, 20).Select(_ => Salt(Seal(new CardSealer(KeyFiles.Ring(), _time))));
        Assert.Equal(20, salts.Distinct().Count());
    }

    /// <summary>A process whose memory was copied goes on with the same salt and count.</summary>
    [Fact]
    public void Seal_OtherTransaction_HasAnotherNonceBesideTheCount()
    {
        var sealer = new CardSealer(KeyFiles.Ring(), _time);
        var other = sealer.Seal(KeyFiles.Pan("4012888888881881"), default, Id[1..] + "0");
        Assert.NotEqual(Nonce(Seal(sealer))[..16], Nonce(other)[..16]);
    }

    [Fact]
    public void Return_SpentEpoch_DisposesItsKey()
    {
        var epochs = new SealEpochs(KeyFiles.Key("seal-1", KeyPurpose.Seal), _time, sealsMax: 2);
        var epoch = epochs.Take();
        Encrypt(epoch);
        epochs.Return(epoch);
        Assert.False(IsDisposed(epoch));
        Assert.Same(epoch, epochs.Take());
        Encrypt(epoch);
        epochs.Return(epoch);
        Assert.True(IsDisposed(epoch));
        Assert.NotSame(epoch, epochs.Take());
    }

    [Fact]
    public void Take_EpochsThatLayTooLong_DisposesTheirKeys()
    {
        var epochs = new SealEpochs(KeyFiles.Key("seal-1", KeyPurpose.Seal), _time, sealsMax: 2);
        SealEpoch[] old = [epochs.Take(), epochs.Take()];
        foreach (var epoch in old) epochs.Return(epoch);
        _time.Advance(SealEpoch.AgeMax);
        Assert.DoesNotContain(epochs.Take(), old);
        Assert.All(old, epoch => Assert.True(IsDisposed(epoch)));
    }

    [Fact]
    public void Encrypt_SpentEpoch_Throws()
    {
        using var epoch = new SealEpoch(KeyFiles.Key("seal-1", KeyPurpose.Seal), _time, sealsMax: 1);
        Encrypt(epoch);
        Assert.True(epoch.IsSpent);
        Assert.Throws<InvalidOperationException>(() => Encrypt(epoch));
    }

    [Fact]
    public void Epoch_FieldsAndText_HoldNoKey()
    {
        using var epoch = new SealEpoch(KeyFiles.Key("seal-1", KeyPurpose.Seal), _time, sealsMax: 1);
        var held = Fields(epoch).Select(field => field.GetValue(epoch)).ToList();
        Assert.Equal([epoch.Salt.ToArray()], held.OfType<byte[]>());
        Assert.DoesNotContain(held, value => value is SwitchKey);
        Assert.Equal("epoch of 0 seals", $"{epoch}");
    }

    private static byte[] Seal(CardSealer sealer) => sealer.Seal(KeyFiles.Pan("4012888888881881"), default, Id);

    private static void Encrypt(SealEpoch epoch) =>
        epoch.Encrypt(new byte[12], default, "id"u8, new byte[12], new byte[16], new byte[12]);

    private static bool IsDisposed(SealEpoch epoch)
    {
        var aes = Fields(epoch).Select(field => field.GetValue(epoch)).OfType<AesGcm>().Single();
        void Use() => aes.Encrypt(new byte[12], new byte[1], new byte[1], new byte[16]);
        return Record.Exception(Use) is ObjectDisposedException;
    }

    private static FieldInfo[] Fields(SealEpoch epoch) =>
        epoch.GetType().GetFields(BindingFlags.Instance | BindingFlags.NonPublic);

    private static string Salt(byte[] blob) => Convert.ToHexString(blob, 2 + blob[1], SealEpoch.SaltLength);

    private static string Nonce(byte[] blob) =>
        Convert.ToHexString(blob, 2 + blob[1] + SealEpoch.SaltLength, SealEpoch.NonceLength);

    private static int Count(byte[] blob) =>
        BinaryPrimitives.ReadInt32BigEndian(blob.AsSpan(2 + blob[1] + SealEpoch.SaltLength + 8));
}
