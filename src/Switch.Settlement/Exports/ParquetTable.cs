using Parquet;
using Parquet.Schema;

namespace Switch.Settlement.Exports;

/// <summary>The columns of one Parquet file, each with where its values come from.</summary>
/// <typeparam name="T">A row.</typeparam>
internal sealed class ParquetTable<T>
{
    private readonly List<Column> _columns = [];

    public ParquetSchema Schema() => new(_columns.Select(column => (Field)column.Field));

    /// <summary>A text that is never null; empty where there is nothing to say.</summary>
    public ParquetTable<T> Text(string name, Func<T, string> of) => Add(
        new DataField(name, typeof(string), isNullable: false),
        (group, field, rows) => group.WriteAsync(field, [.. rows.Select(of)]));

    public ParquetTable<T> Number(string name, Func<T, long> of) => Add(
        new DataField<long>(name),
        (group, field, rows) => group.WriteAsync<long>(field, rows.Select(of).ToArray()));

    public ParquetTable<T> SmallNumber(string name, Func<T, int> of) => Add(
        new DataField<int>(name),
        (group, field, rows) => group.WriteAsync<int>(field, rows.Select(of).ToArray()));

    /// <summary>A day of the calendar.</summary>
    public ParquetTable<T> Date(string name, Func<T, DateTime> of) => Add(
        new DateTimeDataField(name, DateTimeFormat.Date, isNullable: false),
        (group, field, rows) => group.WriteAsync<DateTime>(field, rows.Select(of).ToArray()));

    /// <summary>A moment, in milliseconds, UTC; null where it is not known.</summary>
    public ParquetTable<T> Time(string name, Func<T, DateTime?> of) => Add(
        new DateTimeDataField(
            name, DateTimeFormat.Timestamp, isAdjustedToUTC: true, unit: DateTimeTimeUnit.Millis, isNullable: true),
        (group, field, rows) => group.WriteAsync<DateTime>(field, rows.Select(of).ToArray()));

    /// <summary>Writes rows as one row group.</summary>
    public async Task WriteAsync(ParquetWriter writer, IReadOnlyList<T> rows)
    {
        using var group = writer.CreateRowGroup();
        foreach (var column in _columns) await column.Write(group, column.Field, rows);
        group.CompleteValidate();
    }

    private ParquetTable<T> Add(DataField field, Func<ParquetRowGroupWriter, DataField, IReadOnlyList<T>, Task> write)
    {
        _columns.Add(new Column(field, write));
        return this;
    }

    private sealed record Column(
        DataField Field, Func<ParquetRowGroupWriter, DataField, IReadOnlyList<T>, Task> Write);
}
