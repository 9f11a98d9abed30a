using Switch.Iso8583;

namespace Switch.Simulator;

/// <summary>The format check: a missing or malformed mandatory field is answered with 30 (S13).</summary>
internal static class MandatoryFields
{
    /// <summary>What is wrong, naming the field and never its content; null when nothing is.</summary>
    public static string? Check(IsoMessage message, MessageKind kind, int panDigits, Scenario scenario)
    {
        var isReversal = kind == MessageKind.Reversal;
        foreach (var field in isReversal ? scenario.MandatoryReversalFields : scenario.MandatoryFields)
            if (!message.Has(field)) return $"DE {field} is missing";
        if (!isReversal && panDigits == 0) return "DE 2 and DE 35 are missing";
        return message.TryValidate(out var fault) ? null : fault.ToString();
    }
}
