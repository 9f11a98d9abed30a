using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Switch.Settlement.Files;

namespace Switch.Settlement.Terms;

/// <summary>Reads the values of the file.</summary>
internal static class TermsText
{
    public const string DateForm = "a date (YYYY-MM-DD)";
    public const string PercentForm = "a percentage from 0 to 100 with at most four decimals";
    public const string CountryForm = "a country (two capital letters, ISO 3166)";
    public const string NameForm = "a name (1 to 64 of letters, digits, '-', '_' and '.')";
    public const string TextForm = "a text of 1 to 70 characters";
    public const string IbanForm = "an IBAN with the right check digits";
    public const string BicForm = "a BIC of 8 or 11 characters";
    public const string TownForm = "a town of 1 to 35 characters, some of them letters that banks take";
    public const string CurrencyForm = "a currency of ISO 4217";

    private const NumberStyles Plain = NumberStyles.AllowDecimalPoint;

    public static bool Date(string text, out DateOnly date) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    /// <summary>A percentage, in millionths of the whole.</summary>
    public static bool Percent(string text, out int ppm)
    {
        ppm = 0;
        if (!decimal.TryParse(text, Plain, CultureInfo.InvariantCulture, out var percent) || percent is < 0 or > 100)
            return false;
        var exact = percent * 10_000;
        ppm = (int)exact;
        return ppm == exact;
    }

    /// <summary>A number of days from 0 to <paramref name="max"/>.</summary>
    public static TryRead<int> Days(int max) => (string text, out int days) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out days) && days <= max;

    /// <summary>A sum of the major unit, in millionths of a minor unit.</summary>
    public static bool MicroMinor(string text, int decimals, out long micro)
    {
        micro = 0;
        if (!decimal.TryParse(text, Plain, CultureInfo.InvariantCulture, out var major) || major is < 0 or > 1_000_000)
            return false;
        for (var i = 0; i < decimals; i++) major *= 10;
        var exact = major * 1_000_000;
        micro = (long)exact;
        return micro == exact;
    }

    public static bool Country(string text, out string country)
    {
        country = text;
        return text.Length == 2 && !text.AsSpan().ContainsAnyExceptInRange('A', 'Z');
    }

    public static bool Currency(string text, out string currency)
    {
        currency = text;
        return Files.Currency.TryGetDecimals(text, out _);
    }

    public static bool Name(string text, out string name)
    {
        name = text;
        return text.Length is >= 1 and <= 64
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
    }

    /// <summary>A card acceptor id: printable ASCII, without a space at an end.</summary>
    public static bool MerchantId(string text, out string id)
    {
        id = text;
        return text.Length is >= 1 and <= 15 && text.Trim(' ').Length == text.Length
            && !text.AsSpan().ContainsAnyExceptInRange(' ', '~');
    }

    public static bool Line(string text, out string line)
    {
        line = text.Trim();
        return line.Length is >= 1 and <= 70 && !line.Any(char.IsControl);
    }

    /// <summary>The town of an address for the bank.</summary>
    public static bool Town(string text, out string town)
    {
        town = text.Trim();
        return town.Length is >= 1 and <= 35 && SepaText.Of(town, 35).Any(char.IsAsciiLetterOrDigit);
    }

    /// <summary>An account number where there are no IBANs.</summary>
    public static bool Account(string text, out string account)
    {
        account = text;
        return PaymentOrderRules.IsAccount(text);
    }

    public static bool Bic(string text, out string bic)
    {
        bic = text;
        return PaymentOrderRules.IsBic(text);
    }

    /// <summary>An IBAN with or without spaces.</summary>
    public static bool Iban(string text, out string iban)
    {
        iban = text.Replace(" ", "", StringComparison.Ordinal);
        return PaymentOrderRules.IsIban(iban);
    }

    /// <summary>One of a few words.</summary>
    public static TryRead<T> Word<T>(params (string Word, T Value)[] words) =>
        (string text, [MaybeNullWhen(false)] out T value) =>
    {
        foreach (var (word, meaning) in words)
        {
            value = meaning;
            if (word == text) return true;
        }

        value = default;
        return false;
    };

    /// <summary>A name that is listed elsewhere in the file.</summary>
    public static TryRead<string> OneOf(IEnumerable<string> names) =>
        (string text, [MaybeNullWhen(false)] out string name) =>
        {
            name = text;
            return names.Contains(text);
        };
}
