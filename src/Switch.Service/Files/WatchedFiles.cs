namespace Switch.Service.Files;

/// <summary>
/// Has files looked at again soon after a notification that they changed, and every so often for changes that no
/// notification comes for: renames of folders and the symbolic links of Kubernetes are seldom notified. What a change
/// is, and what becomes of it, is the owner's business.
/// </summary>
internal sealed class WatchedFiles : IDisposable
{
    // Editors and copies touch a file several times; one look shortly after the first notification sees most of it.
    private static readonly TimeSpan SettleDelay = TimeSpan.FromMilliseconds(200);

    // Kubernetes swaps a link of this name in the folder that it mounts.
    private const string KubernetesData = "..data";

    private readonly Func<IReadOnlyList<string>> _paths;
    private readonly Func<bool> _look;
    private readonly TimeSpan _pollInterval;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly List<FileSystemWatcher> _watchers = [];

    // Looks come from a timer, from notifications and from callers; two at once would count a change twice.
    private readonly Lock _looking = new();
    private bool _isDue;

    /// <summary>Begins to watch. Make it the last thing an owner's constructor does.</summary>
    /// <param name="paths">
    /// The files, asked for anew with every notification. Notifications come from the folders of the first answer.
    /// </param>
    /// <param name="pollInterval">How often to look without a notification.</param>
    /// <param name="look">Looks for a change and acts on it; true when something else is in use than before.</param>
    /// <param name="time">Drives the looks.</param>
    /// <param name="logger">Told when notifications can't be had and when a look fails.</param>
    public WatchedFiles(
        Func<IReadOnlyList<string>> paths, TimeSpan pollInterval, Func<bool> look, TimeProvider time, ILogger logger)
    {
        _paths = paths;
        _pollInterval = pollInterval;
        _look = look;
        _logger = logger;
        _timer = time.CreateTimer(
            static state => ((WatchedFiles)state!).LookQuietly(), this, pollInterval, pollInterval);
        foreach (var folder in paths().Select(FolderOf).Distinct(StringComparer.Ordinal)) Watch(folder);
    }

    /// <summary>Looks now, and waits for a look that is under way first.</summary>
    /// <returns>True when something else is in use than before.</returns>
    public bool Look()
    {
        lock (_looking) return _look();
    }

    /// <summary>Stops watching.</summary>
    public void Dispose()
    {
        foreach (var watcher in _watchers) watcher.Dispose();
        _timer.Dispose();
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;

    private void Watch(string folder)
    {
        try
        {
            var watcher = new FileSystemWatcher(folder);
            _watchers.Add(watcher);
            watcher.Changed += LookSoon;
            watcher.Created += LookSoon;
            watcher.Renamed += LookSoon;
            watcher.EnableRaisingEvents = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Out of inotify handles, most often, or the folder is gone again.
            Log.WatchFailed(_logger, folder, _pollInterval, e.Message);
        }
    }

    private void LookSoon(object sender, FileSystemEventArgs change)
    {
        // The folder may hold files that change all the time, such as the journal.
        if (change.Name != KubernetesData && !IsWatched(change.FullPath)) return;
        // A look that is due already sees this change too; to put it off once more could put it off for ever.
        if (!Interlocked.Exchange(ref _isDue, true)) _timer.Change(SettleDelay, _pollInterval);
    }

    private bool IsWatched(string changed)
    {
        foreach (var path in _paths())
            if (Path.GetFullPath(path) == changed) return true;
        return false;
    }

    private void LookQuietly()
    {
        Volatile.Write(ref _isDue, false);
        if (!_looking.TryEnter())
        {
            // The look under way may be past what changed. No queue of them forms on a slow disk.
            _timer.Change(SettleDelay, _pollInterval);
            return;
        }

        try
        {
            _look();
        }
        catch (Exception e)
        {
            // An exception on a timer would end the process, and with it payments that the old files serve well.
            Log.LookFailed(_logger, e, string.Join(", ", _paths()));
        }
        finally
        {
            _looking.Exit();
        }
    }
}
