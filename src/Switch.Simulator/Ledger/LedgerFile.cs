using System.Text;

namespace Switch.Simulator;

/// <summary>
/// The ledger as JSON lines for other processes: an entry's line is written again when it changes, so of several lines
/// with one sequence the last holds. A reader sees a line at most <see cref="FlushEvery"/> late.
/// </summary>
internal sealed class LedgerFile : IDisposable
{
    /// <summary>How long a line may wait in the buffer.</summary>
    public static readonly TimeSpan FlushEvery = TimeSpan.FromMilliseconds(100);

    private const int BufferBytes = 64 * 1024;

    // Entries are written while the ledger holds its own lock; this one keeps the flushing timer out of a half line.
    private readonly Lock _gate = new();
    private readonly StreamWriter _writer;
    private readonly ITimer _timer;
    private volatile string? _fault;
    private bool _isClosed;

    /// <summary>Opens the file for appending.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public LedgerFile(string path, TimeProvider time)
    {
        var stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        _writer = new StreamWriter(stream, new UTF8Encoding(false), BufferBytes);
        _timer = time.CreateTimer(static file => ((LedgerFile)file!).Flush(), this, FlushEvery, FlushEvery);
    }

    /// <summary>Appends every entry as it stands now, one line each: for a host that answers no more.</summary>
    /// <exception cref="IOException">It cannot be opened or written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void WriteAll(string path, Ledger ledger)
    {
        using var writer = new StreamWriter(path, append: true, new UTF8Encoding(false), BufferBytes);
        foreach (var entry in ledger.Entries()) writer.WriteLine(LedgerJson.Line(entry));
    }

    /// <summary>Why nothing is written any more, or null.</summary>
    public string? Fault => _fault;

    /// <summary>Adds one line. After a failed write the file stays as it is and <see cref="Fault"/> says so.</summary>
    public void Append(LedgerEntry entry)
    {
        if (_fault is not null) return;
        var line = LedgerJson.Line(entry);
        Guarded(writer => writer.WriteLine(line));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        Guarded(static writer => writer.Flush());
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            if (_fault is null) _writer.Dispose();
            else _writer.BaseStream.Dispose();
        }
    }

    private void Flush() => Guarded(static writer => writer.Flush());

    private void Guarded(Action<StreamWriter> write)
    {
        lock (_gate)
        {
            if (_isClosed || _fault is not null) return;
            try
            {
                write(_writer);
            }
            catch (IOException exception)
            {
                _fault = $"the ledger file is incomplete: {exception.Message}";
            }
        }
    }
}
