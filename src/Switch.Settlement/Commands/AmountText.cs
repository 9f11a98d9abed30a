using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Switch.Settlement.Terms;

namespace Switch.Settlement.Commands;

/// <summary>An amount as a person types it, in the major unit of its currency.</summary>
internal static class AmountText
{
    private const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    /// <summary>Reads it: no more decimals than the currency has, at most 10^15 minor units either way.</summary>
    public static bool TryParse(string text, string currency, out long minor, [NotNullWhen(false)] out string? fault)
    {
        minor = 0;
        fault = null;
        if (!Currencies.TryGetDecimals(currency, out var decimals))
            fault = $"'{currency}' is not a currency of ISO 4217";
        else if (!decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out var major))
            fault = $"'{text}' is no amount, such as -12.90";
        else if (Math.Abs(major) > Currencies.AmountMinorMax)
            fault = "the amount is beyond 10^15 minor units";
        else
        {
            for (var i = 0; i < decimals; i++) major *= 10;
            if (major != decimal.Truncate(major))
                fault = $"'{text}' has more decimals than {currency}, which has {decimals}";
            else if (Math.Abs(major) > Currencies.AmountMinorMax) fault = "the amount is beyond 10^15 minor units";
            else minor = (long)major;
        }

        return fault is null;
    }
}
