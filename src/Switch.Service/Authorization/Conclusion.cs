using Switch.Contracts.V1;
using Switch.Service.Idempotency;
using Switch.Service.Journal;

namespace Switch.Service.Authorization;

/// <summary>How a request ends, before anybody knows of it.</summary>
/// <param name="Answer">What the terminal will hear.</param>
/// <param name="Final">What its record will hold.</param>
/// <param name="Step">What the journal has to hold first.</param>
internal sealed record Conclusion(AuthorizeResponse Answer, FinalAnswer Final, JournalStep Step);
