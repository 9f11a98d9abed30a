using Microsoft.Data.Sqlite;

namespace Switch.Service.Journal;

/// <content>When the disk fails, how it is found to be well again, and the length of the write-ahead log.</content>
internal sealed partial class JournalWriter
{
    private void Probe()
    {
        try
        {
            _statements.Probe();
            _probeDelay = _options.ProbeDelayMin;
            _state.Publish(_state.Levels with { UsedPages = _statements.UsedPages() });
            _state.SetHealth(JournalFault.None, "");
        }
        catch (Exception e)
        {
            TryRollback();
            TurnBad(Classify(e) == JournalFault.Full ? JournalFault.Full : JournalFault.Failing, e);
        }
    }

    private void TurnBad(JournalFault fault, Exception e)
    {
        // SQLite's messages name tables and columns, never values.
        _state.SetHealth(fault, e.Message);
        _badSince = _time.GetTimestamp();
        _probeWait = _probeDelay;
        _probeTimer.Change(_probeDelay, Timeout.InfiniteTimeSpan);
        _probeDelay = _probeDelay * 2 < _options.ProbeDelayMax ? _probeDelay * 2 : _options.ProbeDelayMax;
    }

    private bool TryRollback()
    {
        try
        {
            _statements.RollbackIfOpen();
            return true;
        }
        catch (Exception e) when (e is SqliteException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>
    /// SQLite checkpoints by itself every 1,000 pages; this is for when readers kept it from starting over.
    /// </summary>
    private void CheckWal()
    {
        _commitsSinceWalCheck = 0;
        if (WalLength() > Math.Min(_options.WalBytesTarget, _options.BytesMax)) TryTruncateWal();
        var tooLong = WalLength() > _options.BytesMax;
        _state.PublishWal(tooLong);
        // New money is refused meanwhile, so there may be no further commit to look again.
        if (tooLong) _probeTimer.Change(_options.ProbeDelayMax, Timeout.InfiniteTimeSpan);
    }

    private long WalLength()
    {
        var file = new FileInfo(_options.Path + "-wal");
        return file.Exists ? file.Length : 0;
    }

    private void TryTruncateWal()
    {
        try
        {
            _statements.TruncateWal();
        }
        catch (SqliteException)
        {
            // What is in the log stays durable there; the next commit tells whether the disk is bad.
        }
    }

    private static JournalFault Classify(Exception e)
    {
        const int Full = 13, TooBig = 18, Constraint = 19, Mismatch = 20;
        return e switch
        {
            SqliteException { SqliteErrorCode: Full } => JournalFault.Full,
            SqliteException { SqliteErrorCode: TooBig or Constraint or Mismatch } => JournalFault.Refused,
            SqliteException => JournalFault.Failing,
            _ => JournalFault.Refused,
        };
    }
}
