using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Switch.Settlement.Reconciliation;

namespace Switch.Settlement.Terms;

/// <summary>
/// What settlement.yaml says: who is paid, when and where to, and what everything costs. Immutable. The format is
/// explained in samples/settlement.yaml.
/// </summary>
internal sealed class SettlementTerms
{
    public required OperatorTerms Operator { get; init; }

    /// <summary>The currencies that are paid out; every fixed amount is stated in each of them.</summary>
    public required IReadOnlyList<string> Currencies { get; init; }

    /// <summary>The card schemes that rules may name.</summary>
    public required IReadOnlyList<string> Schemes { get; init; }

    /// <summary>Region of a country; a country that is in none is foreign to every other.</summary>
    public required FrozenDictionary<string, string> RegionOfCountry { get; init; }

    public required FrozenDictionary<string, AcquirerTerms> Acquirers { get; init; }

    public required FrozenDictionary<string, HolidayCalendar> Calendars { get; init; }

    public required FrozenDictionary<string, Tariff> Plans { get; init; }

    public required Tariff Interchange { get; init; }

    public required Tariff SchemeFees { get; init; }

    public required VatTable Vat { get; init; }

    public required FrozenDictionary<string, MerchantTerms> Merchants { get; init; }

    /// <summary>What holds for a merchant that is not listed: it pays fees, and its payouts are held.</summary>
    public required MerchantTerms Unlisted { get; init; }

    /// <summary>How files of acquirers and of the bank are read; of no file when it says nothing.</summary>
    public ReconciliationTerms Reconciliation { get; init; } = ReconciliationTerms.None;

    /// <summary>The terms of a merchant, or those of merchants that are not listed under its id.</summary>
    public MerchantTerms MerchantOf(string id) =>
        Merchants.TryGetValue(id, out var terms) ? terms : Unlisted with { Id = id, Name = id };

    /// <summary>Reads the text of a file.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="file">Its name, as faults say it.</param>
    /// <param name="terms">The terms when there is no fault.</param>
    /// <param name="faults">Every fault with file, line and key, in the order of the file.</param>
    public static bool TryRead(
        string text, string file, [NotNullWhen(true)] out SettlementTerms? terms, out IReadOnlyList<string> faults)
    {
        var log = new TermsFaults(file);
        terms = TermsReader.Read(text, log);
        faults = log.List();
        if (!log.IsEmpty) terms = null;
        return terms is not null;
    }
}

/// <summary>Who pays.</summary>
/// <param name="Name">1 to 70 characters.</param>
/// <param name="Address">Up to four lines.</param>
/// <param name="Country">ISO 3166 alpha-2.</param>
/// <param name="Iban">The account that payouts leave.</param>
/// <param name="Bic">8 or 11 characters.</param>
/// <param name="VatId">As printed on statements; may be empty.</param>
internal sealed record OperatorTerms(
    string Name, IReadOnlyList<string> Address, string Country, string Iban, string Bic, string VatId)
{
    /// <summary>For the bank, 1 to 35 characters; may be empty.</summary>
    public string Town { get; init; } = "";

    /// <summary>Address and VAT number, a line each.</summary>
    public IReadOnlyList<string> Details => VatId.Length == 0 ? Address : [.. Address, $"VAT {VatId}"];
}

/// <summary>An acquirer that settles with the operator.</summary>
/// <param name="Name">As events name it.</param>
/// <param name="Title">For a person.</param>
/// <param name="MemberId">How the acquirer names the operator in its files; may be empty.</param>
internal sealed record AcquirerTerms(string Name, string Title, string MemberId);

/// <summary>A merchant's contract.</summary>
internal sealed record MerchantTerms
{
    /// <summary>Card acceptor id (DE 42), 1 to 15 characters.</summary>
    public required string Id { get; init; }

    /// <summary>1 to 70 characters.</summary>
    public required string Name { get; init; }

    /// <summary>Up to four lines of up to 70 characters.</summary>
    public IReadOnlyList<string> Address { get; init; } = [];

    /// <summary>For the bank, 1 to 35 characters; may be empty.</summary>
    public string Town { get; init; } = "";

    /// <summary>ISO 3166 alpha-2; decides what is domestic.</summary>
    public required string Country { get; init; }

    /// <summary>Empty when the merchant has none.</summary>
    public string Iban { get; init; } = "";

    /// <summary>A bank account where there are no IBANs; at most one of it and <see cref="Iban"/> is set.</summary>
    public string Account { get; init; } = "";

    /// <summary>May be empty with an IBAN.</summary>
    public string Bic { get; init; } = "";

    /// <summary>Name of its plan of fees.</summary>
    public required string Plan { get; init; }

    /// <summary>Business days from the closed date to the value date of its payout: the n of T+n.</summary>
    public int PayoutDays { get; init; } = 1;

    /// <summary>Which days are no business days.</summary>
    public HolidayCalendar Calendar { get; init; } = HolidayCalendar.Weekends;

    /// <summary>Part of each sale that is kept back, in millionths.</summary>
    public int ReservePpm { get; init; }

    /// <summary>Calendar days from the business date to its release.</summary>
    public int ReserveDays { get; init; }

    public VatTreatment Vat { get; init; }

    /// <summary>May be empty unless VAT is charged in reverse.</summary>
    public string VatId { get; init; } = "";

    /// <summary>The first business date that it holds for.</summary>
    public DateOnly From { get; init; }

    /// <summary>What plan, VAT and reserve were changed to, the oldest first; each is complete.</summary>
    public IReadOnlyList<MerchantTerms> Changes { get; init; } = [];

    /// <summary>Address and VAT number, a line each.</summary>
    public IReadOnlyList<string> Details => VatId.Length == 0 ? Address : [.. Address, $"VAT {VatId}"];

    /// <summary>Whether there is an account to pay to.</summary>
    public bool HasBankAccount => Iban.Length > 0 || Account.Length > 0;

    /// <summary>The plan, VAT and reserve of a business date.</summary>
    public MerchantTerms On(DateOnly date) => Changes.LastOrDefault(change => change.From <= date) ?? this;
}

/// <summary>What VAT is on a merchant's fees.</summary>
internal enum VatTreatment
{
    /// <summary>None: the service is exempt, or outside the scope of VAT.</summary>
    Exempt,

    /// <summary>At the rate of the merchant's country.</summary>
    Charged,

    /// <summary>None on the invoice: the merchant owes it itself.</summary>
    ReverseCharge,
}
