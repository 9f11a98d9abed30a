using Google.Protobuf;
using Switch.Service.Journal;
using Switch.Service.Journal.Records;

namespace Switch.Service.Advices;

/// <summary>Reads what an advice holds.</summary>
internal static class AdviceRecords
{
    /// <summary>The record; null when the row holds none that this build can read.</summary>
    public static ReversalRecord? TryParse(AdviceRow row)
    {
        try
        {
            var record = ReversalRecord.Parser.ParseFrom(row.Detail.Span);
            return record.Original?.Draft is null ? null : record;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
