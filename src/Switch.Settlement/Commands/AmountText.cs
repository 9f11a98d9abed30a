using System.Diagnostics.CodeAnalysis;
using Switch.Settlement.Files;
using Switch.Settlement.Reconciliation;

namespace Switch.Settlement.Commands;

/// <summary>An amount as a person types it, in the major unit of its currency.</summary>
internal static class AmountText
{
    /// <summary>Reads it: no more decimals than the currency has, at most 10^15 minor units either way.</summary>
    public static bool TryParse(string text, string currency, out long minor, [NotNullWhen(false)] out string? fault)
    {
        minor = 0;
        if (!Currency.TryGetDecimals(currency, out var decimals))
            fault = $"'{currency}' is not a currency of ISO 4217";
        else if (MoneyReader.TryMinor(text, decimals, out minor, out var why)) fault = null;
        else fault = $"'{text}' {why}";
        return fault is null;
    }
}
