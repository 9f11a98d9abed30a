namespace Switch.Settlement.Store;

/// <summary>The two stores that settlement writes to.</summary>
internal enum StoreDialect
{
    /// <summary>One file, embedded: one process writes at a time.</summary>
    Sqlite,

    /// <summary>A server that several consumers write to.</summary>
    PostgreSql,
}

/// <summary>What a transaction of the store keeps out while it is open.</summary>
internal enum StoreLock
{
    /// <summary>For a batch of events: keeps out those that are alone, and no other batch on PostgreSQL.</summary>
    Shared,

    /// <summary>For a close and the swap of a rebuild: no batch is open beside it, and none begins.</summary>
    Alone,
}
