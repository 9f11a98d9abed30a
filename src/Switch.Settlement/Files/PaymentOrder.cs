using System.Globalization;
using System.Text.RegularExpressions;

namespace Switch.Settlement.Files;

/// <summary>An account at a bank.</summary>
/// <param name="Name">Whose it is.</param>
/// <param name="Iban">IBAN without spaces, or empty where the country has none.</param>
/// <param name="Account">Account number, at most 34 characters; only where there is no IBAN.</param>
/// <param name="Bic">BIC of 8 or 11 characters; may be empty with an IBAN.</param>
/// <param name="Country">ISO 3166 alpha-2 of the holder, or empty.</param>
/// <param name="Town">Where the holder is, or empty; it goes to the bank with the country or not at all.</param>
internal sealed record BankAccount(
    string Name, string Iban, string Account, string Bic, string Country, string Town = "");

/// <summary>One payout that the bank is to pay.</summary>
/// <param name="Id">EndToEndId, at most 35 characters: the payout's id.</param>
/// <param name="Creditor">Where to.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="AmountMinor">Minor units, positive.</param>
/// <param name="ValueDate">When the bank is asked to pay.</param>
/// <param name="Text">What the merchant reads on its statement.</param>
internal sealed record PaymentOrder(
    string Id, BankAccount Creditor, string Currency, long AmountMinor, DateOnly ValueDate, string Text);

/// <summary>Every payout of a close, in one file to the bank.</summary>
/// <param name="MessageId">At most 35 characters; the same for the same close.</param>
/// <param name="CreatedAt">When the day was closed, so that the file is the same every time.</param>
/// <param name="Debtor">The account that pays.</param>
/// <param name="Orders">The payouts.</param>
internal sealed record PaymentOrders(
    string MessageId, DateTimeOffset CreatedAt, BankAccount Debtor, IReadOnlyList<PaymentOrder> Orders)
{
    /// <summary>Every reason why the bank would refuse the file; empty when there is none.</summary>
    public IReadOnlyList<string> Faults() => PaymentOrderRules.Check(this);
}

/// <summary>The rules of pain.001.001.09 that a payout can break.</summary>
internal static partial class PaymentOrderRules
{
    /// <summary>Characters of an identification (Max35Text).</summary>
    public const int IdCharsMax = 35;

    /// <summary>Characters of a name that banks take; more are cut.</summary>
    public const int NameCharsMax = 70;

    private const int AccountCharsMax = 34;
    private const int IbanCharsMin = 15;
    private const int IbanCheckModulus = 97;

    /// <summary>Checks the file; one sentence a fault, each with the payout's id.</summary>
    public static IReadOnlyList<string> Check(PaymentOrders file)
    {
        var faults = new List<string>();
        CheckId(file.MessageId, "message id", faults);
        faults.AddRange(AccountFaults(file.Debtor).Select(static fault => $"the operator's account: {fault}"));
        if (file.Orders.Count == 0) faults.Add("there is no payout to order");
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var order in file.Orders)
        {
            var where = $"payout {order.Id}";
            CheckId(order.Id, where, faults);
            if (!ids.Add(order.Id)) faults.Add($"{where}: the id is there twice");
            faults.AddRange(AccountFaults(order.Creditor).Select(fault => $"{where}: {fault}"));
            if (!Currency.TryFind(order.Currency, out var currency) || currency.Code != order.Currency)
                faults.Add($"{where}: '{order.Currency}' is no currency");
            if (order.AmountMinor is <= 0 or > Currency.AmountMinorMax)
            {
                faults.Add(
                    $"{where}: amount {order.AmountMinor} is not from 1 to {Currency.AmountMinorMax} minor units");
            }
            else if (order.AmountMinor > SepaArea.AmountMinorMax
                && SepaArea.IsSepa(order.Currency, file.Debtor.Iban, order.Creditor.Iban))
            {
                faults.Add($"{where}: SEPA takes at most {SepaArea.AmountMinorMax} cents in one transfer, not "
                    + order.AmountMinor.ToString(CultureInfo.InvariantCulture));
            }
        }

        return faults;
    }

    /// <summary>Whether the check digits of an IBAN are right (ISO 13616, ISO 7064 mod 97-10).</summary>
    public static bool IsIban(string iban)
    {
        if (iban.Length < IbanCharsMin || !IbanShape().IsMatch(iban)) return false;
        var rest = 0;
        foreach (var c in iban[4..] + iban[..4])
        {
            var value = char.IsAsciiDigit(c) ? c - '0' : c - 'A' + 10;
            rest = ((rest * (value > 9 ? 100 : 10)) + value) % IbanCheckModulus;
        }

        return rest == 1;
    }

    private static void CheckId(string id, string where, List<string> faults)
    {
        if (id.Length is 0 or > IdCharsMax)
        {
            faults.Add(string.Create(
                CultureInfo.InvariantCulture, $"{where}: an id has 1 to {IdCharsMax} characters, '{id}' {id.Length}"));
        }

        if (!SepaText.IsClean(id)) faults.Add($"{where}: '{id}' has characters that banks do not take");
    }

    /// <summary>Whether a text has the form of a BIC (ISO 9362:2022).</summary>
    public static bool IsBic(string bic) => BicShape().IsMatch(bic);

    /// <summary>Whether a text can be an account number, as banks take it.</summary>
    public static bool IsAccount(string account) =>
        account.Length is >= 1 and <= AccountCharsMax && SepaText.IsClean(account)
        && account.Any(char.IsAsciiLetterOrDigit) && account.Trim().Length == account.Length;

    /// <summary>Every reason why a bank would refuse an account; the terms ask before any payout is ordered.</summary>
    public static IEnumerable<string> AccountFaults(BankAccount account)
    {
        if (!SepaText.Of(account.Name, NameCharsMax).Any(char.IsAsciiLetterOrDigit))
            yield return $"the holder's name '{account.Name}' has no letter or digit that banks take";
        if (account.Iban.Length == 0 && account.Account.Length == 0) yield return "neither IBAN nor account number";
        if (account.Iban.Length > 0 && !IsIban(account.Iban)) yield return $"'{account.Iban}' is no IBAN";
        if (account.Account.Length > 0 && !IsAccount(account.Account))
            yield return $"'{account.Account}' is no account number";
        if (account.Bic.Length > 0 && !IsBic(account.Bic)) yield return $"'{account.Bic}' is no BIC";
        if (account.Iban.Length == 0 && account.Bic.Length == 0)
            yield return "an account without IBAN needs its bank's BIC";
        if (account.Country.Length > 0 && !Country().IsMatch(account.Country))
            yield return $"'{account.Country}' is no country code";
    }

    [GeneratedRegex(@"\A[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}\z", RegexOptions.CultureInvariant)]
    private static partial Regex IbanShape();

    [GeneratedRegex(@"\A[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex BicShape();

    [GeneratedRegex(@"\A[A-Z]{2}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Country();
}
