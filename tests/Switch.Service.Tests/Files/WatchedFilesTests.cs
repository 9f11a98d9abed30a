using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Switch.Service.Files;
using Switch.Service.Tests.Routes;

namespace Switch.Service.Tests.Files;

public sealed class WatchedFilesTests : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(5);

    private readonly string _folder = Directory.CreateTempSubdirectory("watched-").FullName;
    private readonly FakeTimeProvider _time = new();
    private int _looks;

    private string Watched => Path.Combine(_folder, "routes.yaml");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Change_InAFolderThatIsNeverQuiet_IsStillSeenSoon()
    {
        using var files = Watch(TimeProvider.System, TimeSpan.FromMinutes(10));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (Volatile.Read(ref _looks) == 0)
        {
            // Both are written more often than one look waits for the next change.
            await File.WriteAllTextAsync(Watched, "x", patience.Token);
            await File.WriteAllTextAsync(Path.Combine(_folder, "journal.db-wal"), "x", patience.Token);
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, patience.Token);
        }
    }

    [Fact]
    public void Poll_LookThatFails_IsLoggedAndDoneAgain()
    {
        var log = new RecordingLogger<WatchedFiles>();
        using var files = new WatchedFiles(
            () => [Watched], PollInterval, () => throw new InvalidOperationException($"look {++_looks}"), _time, log);
        _time.Advance(PollInterval);
        _time.Advance(PollInterval);
        Assert.Equal(2, _looks);
        Assert.Equal([1010, 1010], log.Entries.Select(entry => entry.Id));
    }

    [Fact]
    public void Folder_ThatIsNotThere_IsLoggedAndPolled()
    {
        var log = new RecordingLogger<WatchedFiles>();
        using var files = new WatchedFiles(
            () => [Path.Combine(_folder, "absent", "routes.yaml")], PollInterval, () => ++_looks > 0, _time, log);
        _time.Advance(PollInterval);
        Assert.Equal((1, 1009), (_looks, Assert.Single(log.Entries).Id));
    }

    [Fact]
    public void Poll_DuringALook_StartsNoSecondOne()
    {
        var files = Watch(_time, PollInterval, () =>
        {
            if (_looks == 1) Task.Run(() => _time.Advance(PollInterval)).Wait(TestContext.Current.CancellationToken);
        });
        files.Look();
        Assert.Equal(1, _looks);
        // The one that found it busy comes back soon after.
        _time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(2, _looks);
        files.Dispose();
        _time.Advance(PollInterval * 3);
        Assert.Equal(2, _looks);
    }

    private WatchedFiles Watch(TimeProvider time, TimeSpan pollInterval, Action? during = null) => new(
        () => [Watched], pollInterval,
        () =>
        {
            Interlocked.Increment(ref _looks);
            during?.Invoke();
            return true;
        },
        time, NullLogger.Instance);
}
