export declare function save(item: string): Promise<void>;
export declare function amountOn(account: string): Promise<number>;
