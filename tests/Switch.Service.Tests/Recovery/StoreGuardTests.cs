using Microsoft.Extensions.Time.Testing;
using Switch.Testing;

namespace Switch.Service.Tests.Recovery;

/// <summary>S4: who waits for whom after the store may have lost records.</summary>
public sealed class StoreGuardTests : StoreGuardRig
{
    private const ulong Peer = 0xBEEF;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    [Fact]
    public async Task S4_APeerThatIsAtIt_IsWaitedForBeyondTheWaitForTheSilent()
    {
        await StartAsync();
        await Store.AnnounceAsync(Peer, "", Life);
        Guard();
        var identity = await OwnIdentityAsync();

        await PassesUntrustedAsync(3 * PeerWait);
        await Store.AnnounceAsync(Peer, identity, Life);
        await TrustedAsync();
    }

    [Fact]
    public async Task S4_APeerThatGivesNoSignOfLife_IsWaitedForOnce()
    {
        await StartAsync();
        await Harness.Journal.SetStoreNoteAsync($"another|{Peer:x16}");
        var started = TimeProvider.System.GetTimestamp();
        Guard();
        await OwnIdentityAsync();
        await TrustedAsync();
        Assert.True(TimeProvider.System.GetElapsedTime(started) >= PeerWait);
        Assert.DoesNotContain(Peer, (await Store.PeersAsync())!.Keys);
    }

    [Fact]
    public async Task S4_ANewJournal_ThatIsFirstAtAnEmptyStore_WaitsForWhomItCannotKnow()
    {
        var wait = TimeSpan.FromSeconds(3);
        var time = new FakeTimeProvider();
        await StartAsync();
        Guard(time, wait);
        await OwnIdentityAsync();
        Assert.InRange(await WaitedAsync(time), wait, wait * 1.5);
    }

    [Fact]
    public async Task S4_ANewJournal_WaitsForAPeerThatComesMeanwhile_UntilItHasPutBack()
    {
        await StartAsync();
        Guard(peerWait: TimeSpan.FromSeconds(1));
        var identity = await OwnIdentityAsync();
        await Store.AnnounceAsync(Peer, "", Life);
        await PassesUntrustedAsync(TimeSpan.FromSeconds(2));
        await Store.AnnounceAsync(Peer, identity, Life);
        await TrustedAsync();
    }

    [Theory]
    [InlineData("*", true)]
    [InlineData("", false)]
    public async Task S4_ANewJournal_TrustsAtOnce_OnlyWhenAnotherTakesNewMoneyThere(string vouches, bool atOnce)
    {
        var wait = TimeSpan.FromSeconds(5);
        var time = new FakeTimeProvider();
        await StartAsync();
        await Store.PlantCanaryAsync();
        await Store.AnnounceAsync(Peer, await Store.IdentifyAsync() + vouches, Life);
        Guard(time, wait);
        await OwnIdentityAsync();
        var waited = await WaitedAsync(time);
        // Not before the other has had two heartbeats to hear of it.
        if (atOnce) Assert.InRange(waited, TimeSpan.FromMilliseconds(200), wait * 0.5);
        else Assert.InRange(waited, wait, wait * 1.5);
    }

    [Fact]
    public async Task S4_ItVouches_OnceItTrusts_AndNotBefore()
    {
        await StartAsync();
        Guard();
        Assert.DoesNotContain('*', await OwnIdentityAsync());
        await TrustedAsync();
        await Eventually.TrueAsync(
            async () => (await Store.PeersAsync())![Own].EndsWith('*'), "vouched", cancellationToken: Token);
    }

    [Fact]
    public async Task S4_ANewConnectionToTheSameStore_DoesNotBeginTheWaitAnew()
    {
        var wait = TimeSpan.FromSeconds(3);
        var time = new FakeTimeProvider();
        await StartAsync();
        await Harness.Journal.SetStoreNoteAsync($"another|{Peer:x16}");
        Guard(time, wait);
        await OwnIdentityAsync();

        var isCut = false;
        var waited = await WaitedAsync(time, soFar =>
        {
            if (!isCut && soFar >= wait * 0.9) Store.Distrust();
            isCut = soFar >= wait * 0.9;
        });

        Assert.InRange(waited, wait * 0.9, wait * 1.8);
    }

    private Task PassesUntrustedAsync(TimeSpan time)
    {
        var started = TimeProvider.System.GetTimestamp();
        return Eventually.TrueAsync(
            () =>
            {
                Assert.False(Store.IsTrusted);
                return TimeProvider.System.GetElapsedTime(started) > time;
            },
            $"{time} pass", cancellationToken: Token);
    }

    // How much of the guard's own time went by until it trusted.
    private async Task<TimeSpan> WaitedAsync(FakeTimeProvider time, Action<TimeSpan>? each = null)
    {
        var waited = TimeSpan.Zero;
        await Eventually.TrueAsync(
            () =>
            {
                if (Store.IsTrusted) return true;
                time.Advance(Step);
                waited += Step;
                each?.Invoke(waited);
                return Store.IsTrusted;
            },
            "trusted", TimeSpan.FromMinutes(1), Token);
        return waited;
    }
}
