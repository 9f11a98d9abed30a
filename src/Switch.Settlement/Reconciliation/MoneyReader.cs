using System.Globalization;
using Switch.Settlement.Files;

namespace Switch.Settlement.Reconciliation;

/// <summary>Reads the amounts of a file as its mapping says.</summary>
internal sealed class MoneyReader
{
    private const int GroupDigits = 3;

    private readonly MoneyMapping _mapping;

    public MoneyReader(MoneyMapping mapping) => _mapping = mapping;

    /// <summary>Reads amount and currency of a record; false with a fault when it has none that can be read.</summary>
    public bool TryRead(CsvRecord record, ImportFaults faults, out string currency, out long minor)
    {
        currency = "";
        minor = 0;
        if (!record.TryGet(_mapping.AmountColumn, faults, out var amount)
            || !record.TryGet(_mapping.SignColumn, faults, out var sign)
            || !TryCurrency(record, _mapping.CurrencyColumn, faults, out var known)) return false;
        currency = known.Code;
        if (!TryAmount(amount, known, record.Line, faults, out minor)) return false;
        if (_mapping.SignColumn is not null)
        {
            if (minor < 0)
            {
                var told = ImportFaults.Masked(amount);
                faults.Add(record.Line, $"the amount '{told}' has a sign, as has column '{_mapping.SignColumn}'");
                return false;
            }

            if (_mapping.Negative.Contains(sign, StringComparer.Ordinal)) minor = -minor;
            else if (!_mapping.Positive.Contains(sign, StringComparer.Ordinal))
            {
                var told = ImportFaults.Masked(sign);
                faults.Add(record.Line, $"column '{_mapping.SignColumn}' says '{told}', which is not mapped");
                return false;
            }
        }

        if (_mapping.IsInverted) minor = -minor;
        return true;
    }

    /// <summary>Reads a currency by its column, or takes the mapping's own.</summary>
    public bool TryCurrency(CsvRecord record, string? column, ImportFaults faults, out Currency currency)
    {
        currency = null!;
        if (!record.TryGet(column, faults, out var code)) return false;
        if (Currency.TryFind(column is null ? _mapping.Currency : code, out currency)) return true;
        faults.Add(record.Line, $"'{ImportFaults.Masked(code)}' is no currency of ISO 4217");
        return false;
    }

    /// <summary>Reads an amount in the unit of the mapping.</summary>
    public bool TryAmount(string text, Currency currency, long line, ImportFaults faults, out long minor)
    {
        var plain = Ungrouped(text);
        if (!_mapping.IsMinor && _mapping.DecimalSeparator != '.')
        {
            if (plain.Contains('.', StringComparison.Ordinal)) plain = "";
            plain = plain.Replace(_mapping.DecimalSeparator, '.');
        }

        var exponent = _mapping.IsMinor ? 0 : currency.Exponent;
        if (TryMinor(plain, exponent, out minor, out var fault)) return true;
        faults.Add(line, $"'{ImportFaults.Masked(text)}' {fault}");
        return false;
    }

    // A separator anywhere else is no separator: "12.50" with '.' between thousands is not 1,250.
    private string Ungrouped(string text)
    {
        if (_mapping.GroupSeparator is not { } group || !text.Contains(group, StringComparison.Ordinal)) return text;
        var end = _mapping.IsMinor ? -1 : text.IndexOf(_mapping.DecimalSeparator, StringComparison.Ordinal);
        var whole = end < 0 ? text : text[..end];
        var groups = whole.TrimStart('+', '-').Split(group);
        var isGrouped = groups[0].Length is >= 1 and <= GroupDigits
            && groups.Skip(1).All(static digits => digits.Length == GroupDigits);
        return isGrouped ? whole.Replace(group.ToString(), "", StringComparison.Ordinal) + text[whole.Length..] : "";
    }

    /// <summary>A decimal of the major unit in minor units, exactly; false with the reason.</summary>
    public static bool TryMinor(string text, int exponent, out long minor, out string fault)
    {
        minor = 0;
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (!decimal.TryParse(text, style, CultureInfo.InvariantCulture, out var major))
        {
            fault = "is no amount";
            return false;
        }

        for (var i = 0; i < exponent; i++)
        {
            if (Math.Abs(major) > ImportLimits.AmountMinorMax) break;
            major *= 10;
        }

        if (Math.Abs(major) > ImportLimits.AmountMinorMax)
        {
            fault = "is over 10^15 minor units";
            return false;
        }

        // By the text: a number of more than 28 digits was rounded when it was read.
        var point = text.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0 && text.AsSpan(point + 1).TrimEnd('0').Length > exponent)
        {
            fault = $"has more than {exponent} decimals";
            return false;
        }

        minor = (long)major;
        fault = "";
        return true;
    }
}
