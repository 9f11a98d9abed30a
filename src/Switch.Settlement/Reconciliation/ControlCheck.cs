using System.Globalization;
using Switch.Settlement.Files;

namespace Switch.Settlement.Reconciliation;

/// <summary>Holds a file against its own control records.</summary>
internal sealed class ControlCheck
{
    // Of a file without details the totals are 0 in any currency.
    private const string AnyCurrency = "EUR";

    private readonly byte[] _content;
    private readonly CsvLayout _layout;
    private readonly MoneyReader _money;
    private readonly ImportFaults _faults;
    private readonly bool _isInverted;
    private readonly bool _isMinor;
    private readonly SortedDictionary<string, Sums> _sums = new(StringComparer.Ordinal);

    public ControlCheck(byte[] content, CsvLayout layout, MoneyMapping money, ImportFaults faults)
    {
        _content = content;
        _layout = layout;
        _money = new MoneyReader(money);
        _isInverted = money.IsInverted;
        _isMinor = money.IsMinor;
        _faults = faults;
    }

    /// <summary>Takes a detail into the sums.</summary>
    public void Add(string currency, long minor)
    {
        // The file's own sums have the file's own signs.
        var told = _isInverted ? -minor : minor;
        _sums[currency] = _sums.GetValueOrDefault(currency).Plus(told);
    }

    /// <summary>Checks every control record; one that the mapping names must be there.</summary>
    public void Check(IReadOnlyList<CsvRecord> records, IReadOnlyList<ControlMapping> controls)
    {
        foreach (var control in controls)
        {
            var named = new HashSet<string>(StringComparer.Ordinal);
            var isThere = false;
            foreach (var record in records)
            {
                if (!CsvImport.Is(record, _layout, control.Record, _faults)) continue;
                isThere = true;
                Check(record, control, named);
            }

            if (!isThere && (control.CurrencyColumn is null || _sums.Count > 0))
                _faults.Add(0, $"the control record '{control.Record}' is missing");
            if (control.CurrencyColumn is null || !isThere) continue;
            foreach (var currency in _sums.Keys.Where(currency => !named.Contains(currency)))
                _faults.Add(0, $"no control record '{control.Record}' is of {currency}");
        }
    }

    private void Check(CsvRecord record, ControlMapping control, HashSet<string> named)
    {
        var sums = default(Sums);
        Currency? currency;
        if (control.CurrencyColumn is null)
        {
            foreach (var each in _sums.Values) sums = sums.Plus(each);
            currency = Currency.Of(_sums.Keys.FirstOrDefault(AnyCurrency));
            if (_sums.Count > 1 && !_isMinor)
            {
                _faults.Add(record.Line, "totals of several currencies need a column that names the currency");
                return;
            }
        }
        else
        {
            if (!_money.TryCurrency(record, control.CurrencyColumn, _faults, out currency)) return;
            if (!named.Add(currency.Code)) _faults.Add(record.Line, $"the totals of {currency.Code} are there twice");
            sums = _sums.GetValueOrDefault(currency.Code);
        }

        Number(record, control.CountColumn, "details", sums.Count);
        Amount(record, control.SumColumn, currency, "the sum", sums.Debit - sums.Credit);
        Amount(record, control.DebitColumn, currency, "the sum of debits", sums.Debit);
        Amount(record, control.CreditColumn, currency, "the sum of credits", sums.Credit);
        if (!record.TryGet(control.Sha256Column, _faults, out var digest) || control.Sha256Column is null) return;
        if (!digest.Equals(CsvImport.DigestBefore(_content, record.Line), StringComparison.OrdinalIgnoreCase))
            _faults.Add(record.Line, "the SHA-256 of the lines before this one is another");
    }

    private void Number(CsvRecord record, string? column, string what, long expected)
    {
        if (!record.TryGet(column, _faults, out var text) || column is null) return;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count != expected)
            _faults.Add(record.Line, $"the file says '{ImportFaults.Masked(text)}' {what} and has {expected}");
    }

    private void Amount(CsvRecord record, string? column, Currency currency, string what, Int128 expected)
    {
        if (!record.TryGet(column, _faults, out var text) || column is null) return;
        if (_money.TryAmount(text, currency, record.Line, _faults, out var minor) && minor != expected)
        {
            var told = ImportFaults.Masked(text);
            _faults.Add(record.Line, $"the file says that {what} is '{told}'; its lines make {expected} minor units");
        }
    }

    private readonly record struct Sums(long Count, Int128 Debit, Int128 Credit)
    {
        public Sums Plus(long minor) =>
            new(Count + 1, Debit + Math.Max(minor, 0), Credit + Math.Max(-minor, 0));

        public Sums Plus(Sums other) => new(Count + other.Count, Debit + other.Debit, Credit + other.Credit);
    }
}
