using System.Buffers;
using System.Globalization;
using Switch.Iso8583;

namespace Switch.Simulator;

/// <summary>What the host says, besides the echo fields.</summary>
/// <param name="Code">DE 39.</param>
/// <param name="ApprovalCode">DE 38; null leaves it out.</param>
/// <param name="PartialMinor">DE 4 of a partial approval; the amount asked for moves to DE 54. Null otherwise.</param>
/// <param name="RequestedMinor">The amount asked for, minor units.</param>
internal readonly record struct AnswerFields(
    string Code, string? ApprovalCode = null, long? PartialMinor = null, long RequestedMinor = 0);

/// <summary>
/// Writes the answer to a message: the dialect's echo fields, the host's own, and what the scenario alters.
/// </summary>
internal sealed class AnswerWriter
{
    // What WriteField may say for itself.
    private static readonly int[] OwnFields = [4, 38, 39, 54];

    private readonly IsoDialect _dialect;
    private readonly bool[] _isEcho = new bool[IsoDialect.MaxField + 1];

    // Most fields are never in an answer: it is written by walking over these alone.
    private readonly int[] _fields;

    public AnswerWriter(IsoDialect dialect)
    {
        _dialect = dialect;
        foreach (var field in dialect.EchoFields) _isEcho[field] = true;
        _fields = [.. Enumerable.Range(2, IsoDialect.MaxField - 1).Where(f => _isEcho[f] || OwnFields.Contains(f))];
    }

    /// <summary>Writes the answer; false when a field cannot hold what the scenario says.</summary>
    public bool TryWrite(
        IsoBuffer buffer, IsoMessage request, in AnswerFields fields, RuleActions actions, out IsoFault fault)
    {
        var writer = new IsoWriter(buffer, request.Mti.ToResponse());
        if (actions.AltersFields) WriteAltered(ref writer, request, fields, actions);
        else foreach (var field in _fields) WriteField(ref writer, field, request, fields);
        return writer.TryComplete(out fault);
    }

    /// <summary>Whether every changed field of these actions fits the dialect; else the first that does not.</summary>
    public static bool Fits(IsoDialect dialect, RuleActions actions, out IsoFault fault)
    {
        using var buffer = IsoBuffer.Rent(dialect);
        var writer = new IsoWriter(buffer, Mti.AuthorizationResponse);
        for (var field = 2; field <= IsoDialect.MaxField; field++) TryAlter(ref writer, dialect, field, actions);
        return writer.TryComplete(out fault);
    }

    private static bool TryAlter(ref IsoWriter writer, IsoDialect dialect, int field, RuleActions actions)
    {
        foreach (var dropped in actions.DropFields)
            if (dropped == field) return true;
        if (!actions.ChangeFields.TryGetValue(field, out var value)) return false;
        if (dialect.Field(field) is not { Content: FieldContent.Binary }) writer.Text(field, value);
        else writer.Bytes(field, BytesOf(value));
        return true;
    }

    // What is not hexadecimal becomes no bytes at all, which the writer reports as a fault of the field.
    private static byte[] BytesOf(string hex)
    {
        var bytes = new byte[hex.Length / 2];
        return Convert.FromHexString(hex, bytes, out _, out _) == OperationStatus.Done ? bytes : [];
    }

    // The scenario may add any field.
    private void WriteAltered(ref IsoWriter writer, IsoMessage request, in AnswerFields fields, RuleActions actions)
    {
        for (var field = 2; field <= IsoDialect.MaxField; field++)
            if (!TryAlter(ref writer, _dialect, field, actions)) WriteField(ref writer, field, request, fields);
    }

    // A field that gets a case here belongs among OwnFields too.
    private void WriteField(ref IsoWriter writer, int field, IsoMessage request, in AnswerFields fields)
    {
        switch (field)
        {
            case 4 when fields.PartialMinor is { } approved:
                writer.Number(field, approved);
                break;
            case 38:
                if (fields.ApprovalCode is { } approval) writer.Text(field, approval);
                break;
            case 39:
                writer.Text(field, fields.Code);
                break;
            case 54 when fields.PartialMinor is not null:
                writer.Text(field, RequestedAmount(request, fields.RequestedMinor));
                break;
            default:
                if (_isEcho[field]) writer.Copy(field, request);
                break;
        }
    }

    // DE 54: account type 00, amount type 57 (original amount), currency, sign and amount (check).
    private static string RequestedAmount(IsoMessage request, long amountMinor) => string.Create(
        CultureInfo.InvariantCulture, $"0057{request.GetString(49) ?? "000"}D{amountMinor:D12}");
}
