using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;
using Switch.Settlement.Books;
using Switch.Settlement.Days;
using Switch.Settlement.Statistics;
using Switch.Settlement.Store;
using Switch.Settlement.Webhooks;

namespace Switch.Settlement.Consuming;

/// <summary>What became of a batch. Fenced: another consumer has moved the offsets, and nothing was written.</summary>
internal readonly record struct BatchResult(bool IsFenced, int Events, int Duplicates, int DeadLetters)
{
    public static BatchResult operator +(in BatchResult one, in BatchResult other) => new(
        one.IsFenced || other.IsFenced, one.Events + other.Events, one.Duplicates + other.Duplicates,
        one.DeadLetters + other.DeadLetters);
}

/// <summary>
/// Writes batches of messages and the offsets that they were read up to, each batch in one transaction. Remembers where
/// each partition stands; a batch is written only if the store stands there too. Used by one thread at a time.
/// </summary>
internal sealed class BooksWriter : IDisposable
{
    private readonly SettlementDatabase _database;
    private readonly TimeProvider _time;
    private readonly string _topic;
    private readonly IdBlocks _ids;
    private readonly FeeRules _rules;
    private readonly BatchBook _book;
    private readonly SortedDictionary<int, Position> _positions = [];
    private DbConnection? _connection;
    private IBatchTables? _tables;
    private StatisticWriter? _statistics;
    private SettlementDates? _dates;
    private long? _generation;

    public BooksWriter(SettlementDatabase database, Bookkeeper bookkeeper, string topic, TimeProvider time)
    {
        _database = database;
        _time = time;
        _topic = topic;
        _ids = new IdBlocks(database);
        _rules = new FeeRules(_ids);
        _book = new BatchBook(bookkeeper, _ids, _rules, topic);
    }

    /// <summary>
    /// Reads where the store stands in these partitions, and forgets all others.
    /// </summary>
    /// <returns>The next offset of each; null where nothing was ever read.</returns>
    /// <exception cref="DbException">The store is away.</exception>
    public IReadOnlyDictionary<int, long?> ReadPositions(IEnumerable<int> partitions)
    {
        using var connection = _database.OpenConnection();
        var stored = connection.Query<(long Partition, long Next)>(
            "SELECT partition_no, next_offset FROM consumed WHERE topic = @topic", new { topic = _topic })
            .ToDictionary(row => (int)row.Partition, row => row.Next);
        _positions.Clear();
        foreach (var partition in partitions)
            _positions[partition] = new Position { Stored = stored.TryGetValue(partition, out var next) ? next : null };
        return _positions.ToDictionary(position => position.Key, position => position.Value.Stored);
    }

    /// <summary>
    /// Writes a batch, all of it or nothing. A message below its partition's position is passed over.
    /// </summary>
    /// <param name="batch">Messages of partitions whose positions were read, each partition in its order.</param>
    /// <exception cref="DbException">The store is away; nothing was written that a repetition would double.</exception>
    public BatchResult Write(IReadOnlyList<ReadMessage> batch) => Guarded(WriteOpen, batch);

    /// <summary>
    /// Books dead letters that are good now, all of them or nothing, and takes them from the dead letters. What is
    /// known with other contents stays there, and says so. What another retry has taken from them since it was read is
    /// counted as known. Webhooks are told in the same transaction: their fan-out has passed the places of letters.
    /// </summary>
    /// <param name="letters">Events below the offsets that the store has, each partition in its order.</param>
    /// <exception cref="DbException">The store is away; nothing was written.</exception>
    public BatchResult WriteRetried(IReadOnlyList<ReadMessage> letters) => Guarded(WriteOpenRetried, letters);

    public void Dispose() => Forget();

    private BatchResult Guarded(
        Func<IReadOnlyList<ReadMessage>, BatchResult> write, IReadOnlyList<ReadMessage> batch)
    {
        try
        {
            _connection ??= _database.OpenConnection();
            _tables ??= _database.Dialect == StoreDialect.Sqlite
                ? new SqliteBatchTables((SqliteConnection)_connection)
                : new PostgresBatchTables((NpgsqlConnection)_connection);
            _statistics ??= new StatisticWriter(_connection);
            return write(batch);
        }
        catch
        {
            Forget();
            throw;
        }
    }

    private BatchResult WriteOpen(IReadOnlyList<ReadMessage> batch)
    {
        using var transaction = _database.Begin(_connection!, StoreLock.Shared);
        if (!Advance(transaction, batch))
        {
            _ids.Forget();
            return new BatchResult(IsFenced: true, 0, 0, 0);
        }

        Refresh(transaction);
        _book.Clear();
        ReadKnown(transaction, batch);
        foreach (var message in batch)
        {
            if (message.Settles is not null
                || message.Message.Offset >= (_positions[message.Message.Partition].Stored ?? 0))
                _book.Add(transaction, message, _dates!);
        }

        WriteBook(transaction);
        transaction.Commit();
        foreach (var position in _positions.Values) position.Settle();
        return Result();
    }

    // Alone: the consumer of a partition may be about to book other events of the same payment.
    private BatchResult WriteOpenRetried(IReadOnlyList<ReadMessage> letters)
    {
        using var transaction = _database.Begin(_connection!, StoreLock.Alone);
        Refresh(transaction);
        _book.Clear();
        ReadKnown(transaction, letters);
        var next = transaction.Connection.Query<(long Partition, long Next)>(
            "SELECT partition_no, next_offset FROM consumed WHERE topic = @topic", new { topic = _topic },
            transaction.Transaction).ToDictionary(row => (int)row.Partition, row => row.Next);
        var gone = 0;
        foreach (var letter in letters)
        {
            var (partition, offset) = (letter.Message.Partition, letter.Message.Offset);
            if (!RetriedLetters.IsDead(transaction, _topic, partition, offset))
            {
                gone++;
                continue;
            }

            // It comes now: no window that is closed by now takes it, wherever its own place is.
            var after = next[partition];
            var settles = _dates!.Of(letter.BusinessDate, _topic, partition, after);
            var dead = _book.Rows.DeadLetters.Count;
            _book.Add(transaction, letter with { Settles = settles }, _dates!);
            if (_book.Rows.DeadLetters.Count > dead)
            {
                RetriedLetters.Explain(transaction, _topic, partition, offset, _book.Rows.DeadLetters[^1].Reason);
                continue;
            }

            RetriedLetters.Keep(transaction, _topic, new RetriedLetter(partition, offset, after, settles), NowMs);
        }

        WriteBook(transaction);
        DeliveryDraft.Insert(transaction, _book.Rows.Events.Select(static row => row.Id), NowMs);
        transaction.Commit();
        return Result() with { Duplicates = _book.Duplicates + gone };
    }

    private long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private BatchResult Result() =>
        new(false, _book.Rows.Events.Count, _book.Duplicates, _book.Rows.DeadLetters.Count);

    private void WriteBook(StoreTransaction transaction)
    {
        _book.Finish(transaction);
        _tables!.Write(transaction, _book.Rows, _topic, NowMs);
        _statistics!.Write(_book.Statistics);
    }

    // The offsets come first: on PostgreSQL they lock out whoever else believes to own the partition.
    private bool Advance(StoreTransaction transaction, IReadOnlyList<ReadMessage> batch)
    {
        foreach (var position in _positions.Values) position.Next = position.First = null;
        foreach (var message in batch)
        {
            if (message.Settles is not null) continue;
            var position = _positions[message.Message.Partition];
            position.First ??= message.Message.Offset;
            position.Next = Math.Max(message.Message.Offset + 1, position.Stored ?? 0);
        }

        foreach (var (partition, position) in _positions)
        {
            if (position.Next is not { } next) continue;
            var sql = position.Stored is null
                ? "INSERT INTO consumed (topic, partition_no, next_offset, first_offset) "
                    + "VALUES (@topic, @partition, @next, @first) ON CONFLICT DO NOTHING"
                : "UPDATE consumed SET next_offset = @next "
                    + "WHERE topic = @topic AND partition_no = @partition AND next_offset = @expected";
            var changed = transaction.Connection.Execute(
                sql, new { topic = _topic, partition, next, first = position.First, expected = position.Stored },
                transaction.Transaction);
            if (changed == 0) return false;
        }

        return true;
    }

    private void Refresh(StoreTransaction transaction)
    {
        var (connection, open) = (transaction.Connection, transaction.Transaction);
        var generation = connection.ExecuteScalar<long?>(
            "SELECT next_id FROM id_block WHERE name = 'generation'", transaction: open) ?? 0;
        if (generation != _generation)
        {
            _ids.Forget();
            _rules.Forget();
            _dates = null;
            _generation = generation;
        }

        // A close is never taken back, so their number says whether there are new ones.
        var closes = connection.ExecuteScalar<long>("SELECT COUNT(*) FROM closed_day", transaction: open);
        if (_dates is null || _dates.Count != closes) _dates = SettlementDates.Read(connection, open);
    }

    private void ReadKnown(StoreTransaction transaction, IReadOnlyList<ReadMessage> batch)
    {
        var ids = new HashSet<string>(batch.Count, StringComparer.Ordinal);
        foreach (var message in batch)
        {
            if (message.Event is { } e) ids.Add(e.TransactionId);
        }

        _tables!.ReadPayments(transaction, ids, _book.Payments);
        if (_book.Payments.Count == 0) return;
        _tables.ReadEvents(transaction, [.. _book.Payments.Values]);
        List<PaymentRow> approved = [.. _book.Payments.Values.Where(payment => payment.ApprovalEntryId != 0)];
        if (approved.Count > 0)
            _tables.ReadApprovals(transaction, approved, number => _rules.RuleOf(transaction, number));
    }

    // After a failure nobody knows what the connection holds, and what was taken in the transaction was not.
    private void Forget()
    {
        _tables?.Dispose();
        _tables = null;
        _statistics?.Dispose();
        _statistics = null;
        _connection?.Dispose();
        _connection = null;
        _ids.Forget();
        _rules.Forget();
        _dates = null;
        _generation = null;
    }

    private sealed class Position
    {
        /// <summary>What the store stands at; null when it has no row.</summary>
        public long? Stored { get; set; }

        /// <summary>Of the batch: the first offset, and the one after the last; null when it has none.</summary>
        public long? First { get; set; }

        /// <inheritdoc cref="First"/>
        public long? Next { get; set; }

        public void Settle()
        {
            if (Next is { } next) Stored = next;
            Next = First = null;
        }
    }
}
